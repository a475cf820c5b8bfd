//! Groups: named sets of users, of one population or of the whole environment.
//!
//! Who is in a group is said by records of their own, by its `userFilter` and by the groups nested in it; the engine
//! puts these together.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{GroupId, PopulationId};
use crate::schema::{Declared, Object, json, object, reference, text};

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Unique in its population; a group of the environment shares its name with no other group.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The only population that its users may be of; absent for a group of the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<Reference<PopulationId>>,
    /// An id in another system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Users who meet this filter are members without being added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_filter: Option<String>,
    /// What the customer keeps with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<Value>,
}

impl Entity for Group {
    type Id = GroupId;
    const KIND: &'static str = "GROUP";
}

impl Declared for Group {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name")
                    .required()
                    .max(256)
                    .doc("Unique in its population, or among all groups for a group of the environment."),
                text("description").max(1024).multiline(),
                reference("population").immutable(),
                text("externalId").max(1024),
                text("userFilter").max(4096).doc("Users who meet this filter are members."),
                json("customData"),
            ])
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<crate::problem::Problem> {
        let fault = self.custom_data.as_ref().is_some_and(|data| !data.is_object());
        fault
            .then(|| crate::problem::Problem::invalid("customData", "must be an object"))
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_group_is_echoed_without_what_was_not_sent() {
        let sent = json!({"name": "Managers", "customData": {"owner": "Tom"}});
        let (group, _) = Group::read(&sent, None, &[]).unwrap();
        assert_eq!(serde_json::to_value(group).unwrap(), sent);
    }

    #[test]
    fn custom_data_is_an_object() {
        let faults = Group::read(&json!({"name": "x", "customData": [1]}), None, &[]).unwrap_err();
        assert_eq!(faults[0].target.as_deref(), Some("customData"));
    }
}
