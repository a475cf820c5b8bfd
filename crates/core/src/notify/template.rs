//! The templates that exist: which channels each offers and which variables it knows.
//!
//! Templates are fixed; what an environment may change are their contents.

mod table;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use self::table::TEMPLATES;
use super::channel::Channel;

/// A kind of message. It serialises as the API shows it, without links and dates.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// Its id on the wire, such as `device_pairing`.
    pub name: &'static str,
    /// For people.
    pub display_name: &'static str,
    /// When it is sent.
    pub description: &'static str,
    /// Where contents may be given for.
    pub channels: &'static [Channel],
    /// Whether a request may bring variables of its own.
    pub dynamic: bool,
    /// Whether contents may have a variant.
    pub variants: bool,
    /// The variables the server fills.
    pub variables: &'static [Variable],
}

/// A variable that the server fills.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Without `${}`, in lower case.
    pub name: &'static str,
    /// Where a content without it is refused; empty when it is optional.
    pub required_on: &'static [Channel],
}

impl Template {
    /// The template of that name, which is compared exactly.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// All templates, in the order of their names.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        TEMPLATES
    }

    /// Whether contents may be given for the channel.
    #[must_use]
    pub fn offers(&self, channel: Channel) -> bool {
        self.channels.contains(&channel)
    }

    /// Whether the server fills a variable of that name, in any case.
    #[must_use]
    pub fn knows(&self, variable: &str) -> bool {
        self.variables.iter().any(|known| known.name.eq_ignore_ascii_case(variable))
    }

    /// The variables without which a content for the channel is refused.
    pub fn required_on(&self, channel: Channel) -> impl Iterator<Item = &'static str> {
        self.variables
            .iter()
            .filter(move |known| known.required_on.contains(&channel))
            .map(|known| known.name)
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("id", self.name)?;
        map.serialize_entry("displayName", self.display_name)?;
        map.serialize_entry("description", self.description)?;
        map.serialize_entry("deliveryMethods", self.channels)?;
        map.serialize_entry("allowDynamicVariables", &self.dynamic)?;
        map.serialize_entry("variables", &VariableMap(self.variables))?;
        map.end()
    }
}

/// Variables by name, as the API shows them.
struct VariableMap(&'static [Variable]);

impl Serialize for VariableMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|variable| (variable.name, variable)))
    }
}

impl Serialize for Variable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let required = !self.required_on.is_empty();
        let mut map = serializer.serialize_map(Some(if required { 2 } else { 1 }))?;
        map.serialize_entry("required", &required)?;
        if required {
            map.serialize_entry("requiredForDeliveryMethods", self.required_on)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_sorted_and_found() {
        assert!(Template::all().is_sorted_by_key(|template| template.name));
        for template in Template::all() {
            assert_eq!(Template::find(template.name).unwrap().display_name, template.display_name);
        }
        assert!(Template::find("Transaction").is_none());
    }

    #[test]
    fn a_variable_is_required_only_where_its_template_is_offered() {
        for template in Template::all() {
            for variable in template.variables {
                assert_eq!(variable.name, variable.name.to_lowercase());
                assert!(
                    variable.required_on.iter().all(|channel| template.offers(*channel)),
                    "{}",
                    template.name
                );
            }
        }
    }

    #[test]
    fn a_template_shows_what_the_api_shows() {
        let shown = serde_json::to_value(Template::find("transaction").unwrap()).unwrap();
        assert_eq!(shown["id"], "transaction");
        assert_eq!(shown["deliveryMethods"], json!(["SMS", "Voice", "Email", "Push"]));
        assert_eq!(shown["allowDynamicVariables"], true);
        assert_eq!(
            shown["variables"]["otp"],
            json!({"required": true, "requiredForDeliveryMethods": ["SMS", "Voice", "Email"]})
        );
        assert_eq!(shown["variables"]["user.username"], json!({"required": false}));
    }
}
