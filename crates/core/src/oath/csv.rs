//! Seed files as comma-separated values (RFC 4180): a header line, then a token a line.
//!
//! Columns are found by their names, in any order and case: `serialNumber`,
//! `secret` (hexadecimal), `type`, `otpLength`, `hashAlgorithm`, `counter`,
//! `timeStep`. The last three may be missing or empty, and so may `type` (TOTP
//! where there is a time step, else HOTP) and `otpLength` (6).

mod record;

use serde_json::{Map, Value, json};

use self::record::Records;
use super::import::{Fault, SeedFile};
use crate::problem::Problem;

/// Most lines of a file: as many as an environment may have tokens, and the header.
const MOST_LINES: usize = 100_001;

/// A file that cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// There is no line with the names of the columns.
    #[error("the file is empty; its first line must name the columns")]
    Empty,
    /// A column that is needed is missing.
    #[error("there is no column {0}")]
    MissingColumn(&'static str),
    /// Two columns have the same meaning.
    #[error("the column {0} comes twice")]
    RepeatedColumn(&'static str),
    /// More lines than an environment may have tokens.
    #[error("the file has more than {MOST_LINES} lines")]
    TooLong,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Serial,
    Secret,
    Type,
    Length,
    Algorithm,
    Counter,
    Step,
}

/// The names of columns, without case, spaces, dots, dashes and underscores; the first of each is the one that is shown.
const NAMES: &[(Column, &[&str])] = &[
    (Column::Serial, &["serialnumber", "serial", "serialno"]),
    (Column::Secret, &["secret", "seed", "key"]),
    (Column::Type, &["type", "tokentype"]),
    (Column::Length, &["otplength", "digits", "length"]),
    (Column::Algorithm, &["hashalgorithm", "algorithm", "hash"]),
    (Column::Counter, &["counter", "hotpcounter"]),
    (Column::Step, &["timestep", "totptimestep", "timeinterval", "interval"]),
];

impl Column {
    fn find(name: &str) -> Option<Self> {
        let plain: String = name
            .chars()
            .filter(|c| !matches!(c, ' ' | '.' | '-' | '_'))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Serial => "serialNumber",
            Self::Secret => "secret",
            Self::Type => "type",
            Self::Length => "otpLength",
            Self::Algorithm => "hashAlgorithm",
            Self::Counter => "counter",
            Self::Step => "timeStep",
        }
    }
}

/// Reads a file. A line that is wrong does not keep the others out.
///
/// # Errors
/// [`CsvError`] when there is nothing to begin with.
pub fn read(text: &str) -> Result<SeedFile, CsvError> {
    let mut records = Records::of(text.strip_prefix('\u{feff}').unwrap_or(text));
    let header = records.next().ok_or(CsvError::Empty)?;
    let columns = columns(&header.fields)?;
    let mut file = SeedFile::default();
    for (count, record) in records.enumerate() {
        if count >= MOST_LINES {
            return Err(CsvError::TooLong);
        }
        let mut problems = Vec::new();
        if record.broken {
            problems.push(Problem::invalid("line", "has a quote where none may be"));
        }
        if record.fields.len() != columns.len() {
            let text = format!("has {} columns, not {}", record.fields.len(), columns.len());
            problems.push(Problem::invalid("line", text));
        }
        if problems.is_empty() {
            file.add(record.line, &body(&columns, &record.fields));
        } else {
            file.faults.push(Fault { entry: record.line, serial_number: None, problems });
        }
    }
    Ok(file)
}

fn columns(header: &[String]) -> Result<Vec<Option<Column>>, CsvError> {
    let found: Vec<Option<Column>> = header.iter().map(|name| Column::find(name)).collect();
    for (column, _) in NAMES {
        match found.iter().flatten().filter(|one| *one == column).count() {
            0 if matches!(column, Column::Serial | Column::Secret) => {
                return Err(CsvError::MissingColumn(column.name()));
            }
            0 | 1 => {}
            _ => return Err(CsvError::RepeatedColumn(column.name())),
        }
    }
    Ok(found)
}

/// The body of a token as an API call would send it.
fn body(columns: &[Option<Column>], fields: &[String]) -> Value {
    let value = |wanted: Column| -> Option<&str> {
        let place = columns.iter().position(|column| *column == Some(wanted))?;
        fields.get(place).map(|text| text.trim()).filter(|text| !text.is_empty())
    };
    let step = value(Column::Step);
    let kind = value(Column::Type).map_or(if step.is_some() { "TOTP" } else { "HOTP" }.to_owned(), upper);
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("serialNumber", value(Column::Serial).map(Value::from));
    put("secret", value(Column::Secret).map(Value::from));
    put("type", Some(kind.into()));
    put("otpLength", Some(value(Column::Length).unwrap_or("6").into()));
    put("hashAlgorithm", value(Column::Algorithm).map(|name| algorithm(name).into()));
    put("hotp", value(Column::Counter).map(|counter| json!({ "counter": counter })));
    put("totp", step.map(|step| json!({ "timeStep": step })));
    Value::Object(body)
}

fn upper(text: &str) -> String {
    text.to_ascii_uppercase()
}

/// `sha256`, `SHA-256` and `HmacSHA256` are the same.
fn algorithm(name: &str) -> String {
    match upper(name).replace(['-', '_'], "").trim_start_matches("HMAC") {
        "SHA1" => "HmacSHA1".to_owned(),
        "SHA256" => "HmacSHA256".to_owned(),
        "SHA512" => "HmacSHA512".to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oath::{HashAlgorithm, TokenType};

    const KEY: &str = "3132333435363738393031323334353637383930";

    #[test]
    fn a_file_with_all_columns_is_read() {
        let text = format!(
            "Serial Number,Secret,Type,otpLength,Hash_Algorithm,counter,time-step,maker\r\n\
             A1,{KEY},hotp,8,,17,,x\r\n\r\n\
             \"A2\",{KEY},TOTP,6,sha-256,,60,\"x, \"\"y\"\"\"\n"
        );
        let file = read(&text).unwrap();
        assert_eq!(file.faults, []);
        let [(2, first), (4, second)] = file.tokens.as_slice() else { panic!("{file:?}") };
        assert_eq!((first.token.serial_number.as_str(), first.token.kind), ("A1", TokenType::Hotp));
        assert_eq!((first.token.otp_length, first.token.hotp.unwrap().counter), (8, 17));
        assert_eq!(first.secret.expose(), b"12345678901234567890");
        assert_eq!((second.token.kind, second.token.totp.unwrap().time_step), (TokenType::Totp, 60));
        assert_eq!(second.token.hash_algorithm, HashAlgorithm::HmacSha256);
    }

    #[test]
    fn serial_and_secret_are_enough() {
        let file = read(&format!("secret,serial\n{KEY},1")).unwrap();
        assert_eq!(file.tokens[0].1.token.kind, TokenType::Hotp);
        let file = read(&format!("secret,serial,interval\n{KEY},1,30")).unwrap();
        assert_eq!(file.tokens[0].1.token.kind, TokenType::Totp);
    }

    #[test]
    fn a_wrong_line_names_its_number_and_keeps_no_other_out() {
        let text = format!("serial,secret,type\n1,{KEY},HOTP\n2,zz,HOTP\n3,{KEY}\n4,\"{KEY},HOTP\n");
        let file = read(&text).unwrap();
        assert_eq!(file.tokens.len(), 1);
        let faults: Vec<_> =
            file.faults.iter().map(|fault| (fault.entry, fault.problems[0].target.as_deref())).collect();
        assert_eq!(faults, [(3, Some("secret")), (4, Some("line")), (5, Some("line"))]);
        assert!(!format!("{:?}", file.faults).contains(KEY));
    }

    #[test]
    fn a_file_without_the_needed_columns_is_refused() {
        assert_eq!(read("").unwrap_err(), CsvError::Empty);
        assert_eq!(read("serial,type\n1,HOTP").unwrap_err(), CsvError::MissingColumn("secret"));
        assert_eq!(read("serial,secret,seed\n").unwrap_err(), CsvError::RepeatedColumn("secret"));
    }

    proptest! {
        #[test]
        fn no_file_panics(text in "(?s).{0,300}") {
            let _ = read(&text);
            let _ = read(&format!("serial,secret,timeStep\n{text}"));
        }
    }
}
