//! Records of a CSV file: fields with commas between, in quotes where they need it.

/// One record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// The line that it begins on, from 1.
    pub(super) line: usize,
    /// Its fields.
    pub(super) fields: Vec<String>,
    /// Whether quotes do not match.
    pub(super) broken: bool,
}

/// The records of a text; blank lines are none.
pub(super) struct Records<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Records<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { rest: text, line: 1 }
    }

    /// Takes one line, blank or not. A quoted field may go on over lines.
    fn take(&mut self) -> Record {
        let mut record = Record { line: self.line, ..Record::default() };
        let (mut field, mut quoted, mut closed) = (String::new(), false, false);
        let mut characters = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' if quoted => {
                    if characters.next_if(|(_, next)| *next == '"').is_some() {
                        field.push('"');
                    } else {
                        (quoted, closed) = (false, true);
                    }
                }
                _ if quoted => {
                    self.line += usize::from(c == '\n');
                    field.push(c);
                }
                '"' if field.is_empty() && !closed => quoted = true,
                ',' => {
                    record.fields.push(std::mem::take(&mut field));
                    closed = false;
                }
                '\n' => {
                    end = at + 1;
                    break;
                }
                '\r' => {}
                _ => {
                    record.broken |= closed || c == '"';
                    field.push(c);
                }
            }
        }
        record.broken |= quoted;
        record.fields.push(field);
        self.line += 1;
        self.rest = self.rest.get(end..).unwrap_or_default();
        record
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while !self.rest.is_empty() {
            let record = self.take();
            if record.fields.iter().any(|field| !field.trim().is_empty()) {
                return Some(record);
            }
        }
        None
    }
}
