//! Environments: the tenants of an organization.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::bill_of_materials::BillOfMaterials;
use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{EnvironmentId, LicenseId, OrganizationId};
use crate::schema::{Declared, Object, date, nested, object, one_of, reference, text, url, words};
use crate::time::Timestamp;

words! {
    /// Whether real people depend on an environment.
    pub enum EnvironmentType {
        Production = "PRODUCTION",
        Sandbox = "SANDBOX",
    }
}

words! {
    /// Where an environment is in its life.
    pub enum EnvironmentStatus {
        Active = "ACTIVE",
        DeletePending = "DELETE_PENDING",
    }
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// Its owner; set by the server.
    #[serde(default = "nobody")]
    pub organization: Reference<OrganizationId>,
    /// Unique in the organization.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether real people depend on it.
    #[serde(rename = "type")]
    pub kind: EnvironmentType,
    /// Where it is hosted; without effect here.
    pub region: String,
    /// Active, or waiting for its deletion.
    #[serde(default = "active")]
    pub status: EnvironmentStatus,
    /// Its licence; the engine fills in the only one there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<Reference<LicenseId>>,
    /// A picture of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// When its deletion was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft_deleted_at: Option<Timestamp>,
    /// When it may go for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard_deleted_allowed_at: Option<Timestamp>,
    /// Its products. Stored here, shown apart.
    pub bill_of_materials: BillOfMaterials,
}

fn nobody() -> Reference<OrganizationId> {
    Reference::to(OrganizationId::NIL)
}

fn active() -> EnvironmentStatus {
    EnvironmentStatus::Active
}

impl Entity for Environment {
    type Id = EnvironmentId;
    const KIND: &'static str = "ENVIRONMENT";
}

impl Declared for Environment {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            object(vec![
                text("name").required().max(256).doc("Unique in the organization."),
                text("description").max(1024),
                one_of("type", EnvironmentType::WORDS).required(),
                text("region").required().max(64).immutable().doc("AP, AU, CA, EU, NA, SG or another word."),
                one_of("status", EnvironmentStatus::WORDS).read_only(),
                reference("license"),
                url("icon"),
                date("softDeletedAt").read_only(),
                date("hardDeletedAllowedAt").read_only(),
                nested("billOfMaterials", BillOfMaterials::schema().clone())
                    .default(BillOfMaterials::standard()),
            ])
        });
        &SCHEMA
    }

    fn replace_schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> =
            LazyLock::new(|| Environment::schema().with_read_only(&["billOfMaterials"]));
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn created() -> Environment {
        let body =
            json!({"name": "mfa-lab", "description": "Local sandbox", "type": "SANDBOX", "region": "NA"});
        Environment::read(&body, None, &[]).unwrap().0
    }

    #[test]
    fn an_environment_starts_active_with_mfa() {
        let environment = created();
        assert_eq!(environment.status, EnvironmentStatus::Active);
        assert!(environment.bill_of_materials.has(super::super::bill_of_materials::ProductType::Mfa));
    }

    #[test]
    fn a_replacement_keeps_region_status_and_products() {
        let old = serde_json::to_value(created()).unwrap();
        let put = json!({"name": "b", "type": "PRODUCTION", "status": "DELETE_PENDING", "billOfMaterials": {"products": []}});
        let (new, _) = Environment::read(&put, old.as_object(), &[]).unwrap();
        assert_eq!((new.status, new.region.as_str()), (EnvironmentStatus::Active, "NA"));
        assert_eq!(new.bill_of_materials, created().bill_of_materials);
        let moved = json!({"name": "b", "type": "SANDBOX", "region": "EU"});
        assert_eq!(
            Environment::read(&moved, old.as_object(), &[]).unwrap_err()[0].target.as_deref(),
            Some("region")
        );
    }

    #[test]
    fn all_faults_of_a_bad_environment_come_at_once() {
        let problems =
            Environment::read(&json!({"type": "X", "license": {}, "icon": 1}), None, &[]).unwrap_err();
        let targets: Vec<_> = problems.iter().filter_map(|problem| problem.target.as_deref()).collect();
        assert_eq!(targets, ["name", "type", "region", "license.id", "icon"]);
        assert!(Environment::read(&Value::Null, None, &[]).is_err());
    }
}
