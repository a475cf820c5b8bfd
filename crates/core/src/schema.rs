//! Bodies declared as data: one declaration checks, coerces, fills and documents a body.
//!
//! Owns the description of members ([`Field`]), the checking of JSON against it,
//! merge patches, the separation of secrets and the JSON Schema of the API
//! description. Leaves rules that tie members together to the stored types
//! (`problems()`), and rules that need other records to the engine.
//!
//! The checked map holds exactly the declared members, normalised, in the order
//! of the declaration; serde then decodes it into the stored type.

mod builders;
mod check;
mod compound;
mod declared;
mod field;
mod hidden;
mod kinds;
mod merge;
mod openapi;
mod path;
#[cfg(test)]
mod properties;
mod scalar;
pub mod texts;
mod words;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use builders::{
    boolean, date, duration, email, integer, json, list, map, nested, object, one_of, reference, sealed,
    switch, text, url, uuid,
};
pub use declared::{Declared, join};
pub use field::{Field, Kind, Pattern, TextRule, TimeUnits};
pub use hidden::Secrets;
pub use kinds::Kinds;
pub(crate) use words::words;

use crate::problem::Problem;
use check::Checker;
use path::Path;

/// A declared JSON object.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its members, in the order of the answer.
    pub fields: Vec<Field>,
}

impl Object {
    /// Checks a body and gives its normalised form.
    ///
    /// Unknown members are dropped; read-only members take the value of `old`
    /// (the stored body on an update, `None` on a create); absent members and
    /// `null` take their default or stay out; immutable members keep `old`.
    /// `null` instead of a body is an empty object.
    ///
    /// # Errors
    /// Every fault of the body, not only the first.
    pub fn check(
        &self,
        input: &Value,
        old: Option<&Map<String, Value>>,
    ) -> Result<Map<String, Value>, Vec<Problem>> {
        let (checked, problems) = self.examine(input, old);
        if problems.is_empty() { Ok(checked) } else { Err(problems) }
    }

    /// Checks a body like [`Object::check`], yet also gives what is right of a body with faults, so that the rules
    /// between members can be asked about it.
    #[must_use]
    pub fn examine(
        &self,
        input: &Value,
        old: Option<&Map<String, Value>>,
    ) -> (Map<String, Value>, Vec<Problem>) {
        let empty = Map::new();
        let members = match input {
            Value::Object(members) => members,
            Value::Null => &empty,
            _ => {
                let fault = Problem::new(crate::problem::Code::InvalidValue, "must be a JSON object");
                return (Map::new(), vec![fault]);
            }
        };
        let mut checker = Checker::default();
        let checked = checker.object(self, members, old, &Path::Root);
        (checked, checker.problems)
    }

    /// Checks a body and decodes it into the type that it describes.
    ///
    /// # Errors
    /// Every fault of the body; one without a target when type and declaration disagree.
    pub fn read<T: DeserializeOwned>(
        &self,
        input: &Value,
        old: Option<&Map<String, Value>>,
    ) -> Result<T, Vec<Problem>> {
        decode(self.check(input, old)?)
    }

    /// The same object with these members read-only, as on an update that must not touch them.
    #[must_use]
    pub fn with_read_only(&self, names: &[&str]) -> Self {
        let mut object = self.clone();
        object
            .fields
            .iter_mut()
            .filter(|field| names.contains(&field.name))
            .for_each(|field| field.read_only = true);
        object
    }

    /// A field of this object by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Decodes a checked map into the type that it describes.
///
/// # Errors
/// One problem without a target when type and declaration disagree.
pub fn decode<T: DeserializeOwned>(checked: Map<String, Value>) -> Result<T, Vec<Problem>> {
    serde_json::from_value(Value::Object(checked)).map_err(|error| {
        vec![Problem::new(crate::problem::Code::InvalidValue, format!("could not be read: {error}"))]
    })
}
