//! Gateways to places behind a firewall. They are kept and shown; none is ever connected.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reference::Reference;
use crate::entity::Entity;
use crate::ids::{GatewayCredentialId, GatewayId};
use crate::problem::Problem;
use crate::schema::{
    Declared, Field, Kinds, Object, boolean, integer, list, nested, object, one_of, reference, sealed, text,
    uuid, words,
};
use crate::secret::Sealed;

words! {
    /// What kind of gateway.
    pub enum GatewayType {
        Ldap = "LDAP",
        PingFederate = "PING_FEDERATE",
        PingIntelligence = "PING_INTELLIGENCE",
        ApiGatewayIntegration = "API_GATEWAY_INTEGRATION",
        Radius = "RADIUS",
    }
}

/// A gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gateway {
    /// Unique in the environment.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What kind.
    #[serde(rename = "type")]
    pub kind: GatewayType,
    /// Whether it may connect.
    pub enabled: bool,
    /// Its secrets, sealed. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// The settings of its kind, as they were sent.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

impl Gateway {
    /// The populations that new users of a directory join, and the members that name them.
    #[must_use]
    pub fn populations(&self) -> Vec<(String, &str)> {
        let kinds =
            self.settings.get("userTypes").and_then(Value::as_array).into_iter().flatten().enumerate();
        kinds
            .filter_map(|(place, kind)| {
                let id = kind.pointer("/newUserLookup/population/id")?.as_str()?;
                Some((format!("userTypes[{place}].newUserLookup.population.id"), id))
            })
            .collect()
    }

    /// The secrets of its RADIUS clients by their addresses. They leave the record.
    pub fn take_client_secrets(&mut self) -> Map<String, Value> {
        let clients = self.settings.get_mut("radiusClients").and_then(Value::as_array_mut);
        let mut secrets = Map::new();
        for client in clients.into_iter().flatten().filter_map(Value::as_object_mut) {
            let Some(secret) = client.shift_remove("sharedSecret") else { continue };
            if let Some(address) = client.get("ip").and_then(Value::as_str) {
                secrets.insert(address.to_owned(), secret);
            }
        }
        secrets
    }

    /// Gives the kinds of users that have none an id.
    pub fn fill_ids(&mut self, mut id: impl FnMut() -> String) {
        let kinds = self.settings.get_mut("userTypes").and_then(Value::as_array_mut);
        for kind in kinds.into_iter().flatten().filter_map(Value::as_object_mut) {
            kind.entry("id").or_insert_with(|| Value::String(id()));
        }
    }
}

/// A credential of a gateway. The token itself is shown once and not kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GatewayCredential {
    /// The gateway; set by the server.
    pub gateway: Reference<GatewayId>,
}

impl Entity for Gateway {
    type Id = GatewayId;
    const KIND: &'static str = "GATEWAY";
}

impl Entity for GatewayCredential {
    type Id = GatewayCredentialId;
    const KIND: &'static str = "GATEWAY_CREDENTIAL";
}

impl Declared for GatewayCredential {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> =
            LazyLock::new(|| object(vec![reference("gateway").read_only().write_only()]));
        &SCHEMA
    }
}

impl Declared for Gateway {
    fn schema() -> &'static Object {
        kinds().all()
    }

    fn schema_for(input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        kinds().of(input, old)
    }

    fn problems(&self) -> Vec<Problem> {
        let kinds =
            self.settings.get("userTypes").and_then(Value::as_array).into_iter().flatten().enumerate();
        let nameless = kinds.filter_map(|(place, kind)| {
            let mappings = kind.pointer("/newUserLookup/attributeMappings")?.as_array()?;
            let named = mappings
                .iter()
                .any(|mapping| mapping.get("name").and_then(Value::as_str) == Some("username"));
            let target = format!("userTypes[{place}].newUserLookup.attributeMappings");
            (!named).then(|| Problem::invalid(&target, "must have a mapping for username"))
        });
        nameless.collect()
    }
}

/// The declaration of each kind.
fn kinds() -> &'static Kinds {
    static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
        let own = GatewayType::ALL.iter().map(|kind| (kind.as_str(), own_fields(*kind)));
        Kinds::new("type", &common(), own)
    });
    &KINDS
}

fn common() -> Vec<Field> {
    vec![
        text("name")
            .required()
            .max(256)
            .pattern("letters, marks, digits, / . ' _ space and -", is_name)
            .doc("Unique in the environment."),
        text("description").max(1024),
        one_of("type", GatewayType::WORDS).required().immutable(),
        boolean("enabled").required(),
        sealed(),
    ]
}

/// Marks are told from other signs by not being ASCII.
fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '\'' | '_' | ' ' | '-') || !c.is_ascii())
}

fn own_fields(kind: GatewayType) -> Vec<Field> {
    match kind {
        GatewayType::Ldap => ldap(),
        GatewayType::Radius => radius(),
        GatewayType::PingFederate | GatewayType::PingIntelligence | GatewayType::ApiGatewayIntegration => {
            Vec::new()
        }
    }
}

const VENDORS: &[&str] = &[
    "PingDirectory",
    "Microsoft Active Directory",
    "Oracle Directory Server Enterprise Edition",
    "Oracle Unified Directory",
    "CA Directory",
    "OpenDJ Directory Server",
    "IBM (Tivoli) Security Directory Server",
    "LDAPv3-compliant Directory Server",
];

fn ldap() -> Vec<Field> {
    let mapping = object(vec![text("name").required().max(256), text("value").required()]);
    let lookup = object(vec![
        list("attributeMappings", nested("mapping", mapping), 100).required().min(1),
        text("ldapFilterPattern").required().max(2048),
        reference("population").required(),
    ]);
    let kind = object(vec![
        uuid("id"),
        text("name").required().max(256),
        boolean("allowPasswordChanges").default(false),
        boolean("updateUserOnSuccessfulAuthentication").default(false),
        nested("newUserLookup", lookup),
        list("orderedCorrelationAttributes", text("attribute").min(1).max(256), 100).required(),
        one_of("passwordAuthority", &["PING_ONE", "LDAP"]).required(),
        text("searchBaseDn").required(),
    ]);
    let kerberos = object(vec![
        text("serviceAccountPassword").secret(),
        text("serviceAccountUserPrincipalName").required(),
        integer("minutesToRetainPreviousCredentials", 0, 525_600),
    ]);
    vec![
        text("bindDN").required(),
        text("bindPassword").required().secret(),
        one_of("connectionSecurity", &["None", "TLS", "StartTLS"]).default("None"),
        nested("kerberos", kerberos),
        list("serversHostAndPort", text("server").min(1).max(512), 100).required().min(1),
        list("userTypes", nested("userType", kind), 50),
        boolean("validateTlsCertificates"),
        one_of("vendor", VENDORS).required(),
        boolean("followReferrals"),
    ]
}

fn radius() -> Vec<Field> {
    let server = object(vec![text("ip").required().max(64), integer("port", 1, 65_535).required()]);
    let mitigation = object(vec![boolean("requireMsgAuth"), boolean("limitProxyState")]);
    let client = object(vec![
        nested("blastRadiusMitigation", mitigation),
        text("ip").required().max(64),
        text("sharedSecret").write_only(),
    ]);
    vec![
        nested("davinci", object(vec![reference("policy").required()])).required(),
        text("defaultSharedSecret").secret(),
        nested("networkPolicyServer", server),
        list("radiusClients", nested("client", client), 500).required(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_asks_for_its_own_members() {
        let missing = |kind: &str| -> Vec<String> {
            let body = json!({"name": "a", "enabled": true, "type": kind});
            match Gateway::read(&body, None, &[]) {
                Ok(_) => Vec::new(),
                Err(problems) => problems.into_iter().filter_map(|problem| problem.target).collect(),
            }
        };
        assert_eq!(missing("LDAP"), ["bindDN", "bindPassword", "serversHostAndPort", "vendor"]);
        assert_eq!(missing("RADIUS"), ["davinci", "radiusClients"]);
        assert!(missing("PING_FEDERATE").is_empty());
    }

    #[test]
    fn secrets_of_radius_clients_leave_the_record() {
        let body = json!({"name": "a", "enabled": true, "type": "RADIUS", "davinci": {"policy": {"id":
            "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}}, "radiusClients": [{"ip": "10.0.0.1", "sharedSecret": "s3"}]});
        let (mut gateway, _) = Gateway::read(&body, None, &[]).unwrap();
        assert_eq!(gateway.take_client_secrets().get("10.0.0.1"), Some(&json!("s3")));
        assert!(!serde_json::to_string(&gateway).unwrap().contains("s3"));
    }
}
