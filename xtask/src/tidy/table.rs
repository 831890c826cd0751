//! Tables in Markdown: found by their header, read as rows of cells.

use super::problem::Problem;
use super::repo::Repo;

/// Where the tables are that hold the code.
pub(crate) const ARCHITECTURE: &str = "ARCHITECTURE.md";

/// One row below the header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its line in the file, from 1.
    pub(crate) line: usize,
    /// Its cells, without the spaces and backticks around them.
    pub(crate) cells: Vec<String>,
}

impl Row {
    /// The cell as a comma-separated list of names.
    pub(crate) fn names(&self, column: usize) -> impl Iterator<Item = &str> {
        let names = self.cells[column].split(',').map(|name| name.trim().trim_matches('`'));
        names.filter(|name| !name.is_empty() && *name != "—")
    }
}

/// The rows of the table in ARCHITECTURE.md whose header is `columns`.
pub(crate) fn rows(repo: &Repo, columns: &[&str]) -> Result<Vec<Row>, Problem> {
    let header = columns.join(" | ");
    let missing = || Problem::in_file(ARCHITECTURE, format!("has no table `| {header} |`"));
    let mut lines = repo.get(ARCHITECTURE).ok_or_else(missing)?.lines().enumerate();
    lines.find(|(_, line)| cells(line).is_some_and(|cells| cells == columns)).ok_or_else(missing)?;
    let mut rows = Vec::new();
    for (index, line) in lines.skip(1) {
        let Some(cells) = cells(line) else { break };
        if cells.len() != columns.len() {
            let message = format!("a row of the table `| {header} |` has {} cells", cells.len());
            return Err(Problem::at(ARCHITECTURE, index + 1, message));
        }
        rows.push(Row { line: index + 1, cells });
    }
    Ok(rows)
}

fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cell = |text: &str| {
        let text = text.trim();
        // A list of names keeps its backticks: they are taken off name by name.
        let bare = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
        bare.filter(|bare| !bare.contains('`')).unwrap_or(text).to_owned()
    };
    Some(inner.split('|').map(cell).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# Rooms
| a | b |
|---|---|
| x | y |

| layer | crate |
|---|---|
| 0 | `one` |
| 1 | `two`, `three` |

after
";

    #[test]
    fn the_header_finds_the_table() {
        let repo = Repo::from([(ARCHITECTURE, TEXT)]);
        let rows = rows(&repo, &["layer", "crate"]).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, rows[0].cells[1].as_str()), (8, "one"));
        assert_eq!(rows[1].names(1).collect::<Vec<_>>(), ["two", "three"]);
    }

    #[test]
    fn a_missing_table_and_a_torn_row_are_problems() {
        let repo = Repo::from([(ARCHITECTURE, TEXT)]);
        assert!(rows(&repo, &["layer", "room"]).is_err());
        let torn = TEXT.replace("| 0 | `one` |", "| 0 |");
        assert!(rows(&Repo::from([(ARCHITECTURE, torn.as_str())]), &["layer", "crate"]).is_err());
        assert!(rows(&Repo::default(), &["layer", "crate"]).is_err());
    }
}
