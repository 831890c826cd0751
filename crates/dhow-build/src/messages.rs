//! What compilers say, told at once and kept to be told again when nothing has to be done.

use dhow_formats::rustc_message::{self, Diagnostic, Level, RustcMessage};
use dhow_fs::FsError;
use dhow_plan::UnitId;
use dhow_target::UnitPlace;

use crate::event::TextStream;
use crate::report::Report;

/// Takes the lines of one compiler.
pub(crate) struct Messages<'a> {
    unit: UnitId,
    report: &'a mut dyn FnMut(Report),
    /// Lines that are told again.
    kept: String,
    replayed: bool,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    fixable: usize,
}

impl<'a> Messages<'a> {
    pub(crate) fn new(unit: UnitId, report: &'a mut dyn FnMut(Report)) -> Self {
        Self { unit, report, kept: String::new(), replayed: false, errors: 0, warnings: 0, fixable: 0 }
    }

    /// Tells what was kept of a unit's last run.
    pub(crate) fn replay(unit: UnitId, place: &UnitPlace, report: &'a mut dyn FnMut(Report)) {
        // Only words: if they cannot be read, the unit is there all the same.
        let Ok(Some(kept)) = dhow_fs::read_to_string_optional(&place.messages()) else { return };
        let mut messages = Self { replayed: true, ..Self::new(unit, report) };
        for line in kept.lines() {
            messages.line(line);
        }
        messages.tell_problems();
    }

    /// A line of standard error. Returns the path of an artifact that is there, with what it is.
    pub(crate) fn line(&mut self, line: &str) -> Option<(String, String)> {
        let (unit, owned) = (self.unit, || line.to_owned());
        match rustc_message::parse(line) {
            RustcMessage::Artifact { path, emit } => return Some((path, emit)),
            RustcMessage::Summary | RustcMessage::Unknown => return None,
            RustcMessage::Diagnostic(diagnostic) => {
                self.count(&diagnostic);
                let diagnostic = Box::new(diagnostic);
                (self.report)(Report::Diagnostic {
                    unit,
                    diagnostic,
                    line: owned(),
                    replayed: self.replayed,
                });
            }
            RustcMessage::FutureIncompat => (self.report)(Report::FutureIncompat { unit, line: owned() }),
            RustcMessage::Text => {
                (self.report)(Report::CompilerText { unit, stream: TextStream::Err, line: owned() });
            }
        }
        self.kept.push_str(line);
        self.kept.push('\n');
        None
    }

    /// A line of standard output.
    pub(crate) fn stdout_line(&mut self, line: &str) {
        (self.report)(Report::CompilerText {
            unit: self.unit,
            stream: TextStream::Out,
            line: line.to_owned(),
        });
    }

    /// Tells how many problems there were.
    pub(crate) fn tell_problems(&mut self) {
        let (errors, warnings, fixable) = (self.errors, self.warnings, self.fixable);
        if errors + warnings > 0 {
            let replayed = self.replayed;
            (self.report)(Report::Problems { unit: self.unit, errors, warnings, fixable, replayed });
        }
    }

    /// Keeps the lines. Returns whether there are any.
    pub(crate) fn save(&self, place: &UnitPlace) -> Result<bool, FsError> {
        if self.kept.is_empty() {
            dhow_fs::remove_file(&place.messages())?;
        } else {
            dhow_fs::write_atomic(&place.messages(), self.kept.as_bytes())?;
        }
        Ok(!self.kept.is_empty())
    }

    fn count(&mut self, diagnostic: &Diagnostic) {
        match diagnostic.level {
            Level::Error => self.errors += 1,
            Level::Warning => {
                self.warnings += 1;
                self.fixable += usize::from(diagnostic.fixable);
            }
            Level::Note => {}
        }
    }
}
