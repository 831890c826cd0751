//! What a comparison came to.

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it should be, with what was seen.
    Fail(String),
    /// Nothing can be said, and why: the other side is no measure here.
    NotCounted(String),
}

impl Verdict {
    /// Whether two texts are equal; if not, where they part.
    pub(crate) fn of(wanted: &str, found: &str) -> Self {
        if wanted == found {
            return Self::Pass;
        }
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (wanted, found) = (lines(wanted), lines(found));
        let same = wanted.iter().zip(&found).take_while(|(wanted, found)| wanted == found).count();
        let part = |lines: &[String], sign: &str| {
            let part = lines.iter().skip(same).take(4).map(|line| format!("\n    {sign}{line}"));
            part.collect::<String>()
        };
        let (lost, new) = (part(&wanted, "cargo: "), part(&found, "dhow:  "));
        Self::Fail(format!("they part at line {}{lost}{new}", same + 1))
    }

    /// The word for the table.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "FAIL",
            Self::NotCounted(_) => "not counted",
        }
    }

    /// What else there is to say.
    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            Self::Pass => None,
            Self::Fail(reason) | Self::NotCounted(reason) => Some(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_part_at_a_line() {
        assert_eq!(Verdict::of("a\nb", "a\nb"), Verdict::Pass);
        let verdict = Verdict::of("a\nb\n", "a\nc\n");
        let reason = verdict.reason().unwrap();
        assert!(reason.contains("line 2"), "{reason}");
        assert!(reason.contains("cargo: b") && reason.contains("dhow:  c"), "{reason}");
        // Bytes count: a last line without its end is a difference.
        assert_ne!(Verdict::of("a\n", "a"), Verdict::Pass);
    }
}
