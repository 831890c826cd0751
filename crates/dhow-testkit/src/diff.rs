//! A line diff for people: what a comparison prints when two texts differ.

/// Lines shown around a difference.
const CONTEXT: usize = 3;
/// Beyond this many pairs of lines the differing middle is shown whole instead of being aligned.
const MAX_PAIRS: usize = 4_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Left,
    Right,
}

/// The unified diff of two texts; empty when they are equal.
pub(crate) fn unified(left: (&str, &str), right: (&str, &str)) -> String {
    let (left_name, left) = left;
    let (right_name, right) = right;
    if left == right {
        return String::new();
    }
    // With their ends: `\r\n` against `\n`, and a missing last newline, are differences too.
    let lines = aligned(
        &left.split_inclusive('\n').collect::<Vec<_>>(),
        &right.split_inclusive('\n').collect::<Vec<_>>(),
    );
    let near_difference = |at: usize| {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len());
        lines[around].iter().any(|(side, _)| *side != Side::Both)
    };
    let mut out = vec![format!("--- {left_name}"), format!("+++ {right_name}")];
    let (mut left_line, mut right_line, mut in_hunk) = (1, 1, false);
    for (at, (side, line)) in lines.iter().enumerate() {
        let shown = near_difference(at);
        if shown && !in_hunk {
            out.push(format!("@@ -{left_line} +{right_line} @@"));
        }
        in_hunk = shown;
        if shown {
            let mark = match side {
                Side::Both => ' ',
                Side::Left => '-',
                Side::Right => '+',
            };
            out.push(format!("{mark}{}", visible(line)));
        }
        left_line += usize::from(*side != Side::Right);
        right_line += usize::from(*side != Side::Left);
    }
    out.join("\n") + "\n"
}

fn visible(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(text) => text.replace('\r', "\\r"),
        None => format!("{line} (no newline at the end)"),
    }
}

fn aligned<'a>(left: &[&'a str], right: &[&'a str]) -> Vec<(Side, &'a str)> {
    let head = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left_rest, right_rest) = (&left[head..], &right[head..]);
    let pairs = left_rest.iter().rev().zip(right_rest.iter().rev());
    let tail = pairs.take_while(|(a, b)| a == b).count();
    let left_middle = &left_rest[..left_rest.len() - tail];
    let right_middle = &right_rest[..right_rest.len() - tail];
    let mut out: Vec<_> = left[..head].iter().map(|line| (Side::Both, *line)).collect();
    out.extend(aligned_middle(left_middle, right_middle));
    out.extend(left[left.len() - tail..].iter().map(|line| (Side::Both, *line)));
    out
}

/// The longest common subsequence by the plain table.
fn aligned_middle<'a>(left: &[&'a str], right: &[&'a str]) -> Vec<(Side, &'a str)> {
    let removed = |lines: &[&'a str]| lines.iter().map(|l| (Side::Left, *l)).collect::<Vec<_>>();
    let added = |lines: &[&'a str]| lines.iter().map(|l| (Side::Right, *l)).collect::<Vec<_>>();
    if left.len() * right.len() > MAX_PAIRS {
        return [removed(left), added(right)].concat();
    }
    let width = right.len() + 1;
    let mut common = vec![0_u32; (left.len() + 1) * width];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            common[i * width + j] = if left[i] == right[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < left.len() && j < right.len() {
        if left[i] == right[j] {
            out.push((Side::Both, left[i]));
            (i, j) = (i + 1, j + 1);
        } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
            out.push((Side::Left, left[i]));
            i += 1;
        } else {
            out.push((Side::Right, right[j]));
            j += 1;
        }
    }
    out.extend(removed(&left[i..]));
    out.extend(added(&right[j..]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_with_what_is_around_it() {
        let left: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let right = left.replace("10\n", "ten\n").replace("20\n", "20");
        assert_eq!(
            unified(("a", &left), ("b", &right)),
            concat!(
                "--- a\n+++ b\n@@ -7 +7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n",
                "@@ -17 +17 @@\n 17\n 18\n 19\n-20\n+20 (no newline at the end)\n",
            )
        );
    }

    #[test]
    fn equal_texts_have_no_difference_and_line_ends_count() {
        assert_eq!(unified(("a", "x\n"), ("b", "x\n")), "");
        let diff = unified(("a", "x\n"), ("b", "x\r\n"));
        assert_eq!(diff, "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+x\\r\n");
    }
}
