//! Which products an environment has. Clients look for `PING_ONE_MFA` before they configure MFA.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::LazyLock;
use uuid::Uuid;

use crate::random::Random;
use crate::schema::{Declared, Object, list, nested, object, one_of, text, url, uuid, words};

words! {
    /// A product of the PingOne family.
    pub enum ProductType {
        Base = "PING_ONE_BASE",
        Mfa = "PING_ONE_MFA",
        DaVinci = "PING_ONE_DAVINCI",
        Orchestrate = "PING_ONE_ORCHESTRATE",
        Risk = "PING_ONE_RISK",
        Fraud = "PING_ONE_FRAUD",
        Provisioning = "PING_ONE_PROVISIONING",
        Verify = "PING_ONE_VERIFY",
        Credentials = "PING_ONE_CREDENTIALS",
        Authorize = "PING_ONE_AUTHORIZE",
        Id = "PING_ONE_ID",
        ForEnterprise = "PING_ONE_FOR_ENTERPRISE",
        ForSaas = "PING_ONE_FOR_SAAS",
        PingId = "PING_ID",
        PingIdSdk = "PING_ID_SDK",
        Federate = "PING_FEDERATE",
        Access = "PING_ACCESS",
        Directory = "PING_DIRECTORY",
        PingAuthorize = "PING_AUTHORIZE",
        Intelligence = "PING_INTELLIGENCE",
        Central = "PING_CENTRAL",
        DataSync = "PING_DATA_SYNC",
        DataGovernance = "PING_DATA_GOVERNANCE",
    }
}

/// The products of an environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillOfMaterials {
    /// For whom the environment is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solution_type: Option<String>,
    /// The products.
    pub products: Vec<Product>,
}

/// One product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Given by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Which product.
    #[serde(rename = "type")]
    pub kind: ProductType,
    /// Where its administration is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<Value>,
    /// Links shown next to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bookmarks: Option<Vec<Value>>,
    /// Markers of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// The deployment that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Value>,
}

impl BillOfMaterials {
    /// What an environment has unless its creator says otherwise.
    #[must_use]
    pub fn standard() -> Value {
        json!({"products": [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA"}]})
    }

    /// Gives every product without an id the one that the same product had before.
    pub fn keep_ids(&mut self, old: &Self) {
        for product in self.products.iter_mut().filter(|product| product.id.is_none()) {
            product.id = old.products.iter().find(|before| before.kind == product.kind).and_then(|p| p.id);
        }
    }

    /// Gives an id to every product without one.
    pub fn fill_ids(&mut self, random: &Random) {
        for product in &mut self.products {
            product.id.get_or_insert_with(|| random.uuid());
        }
    }

    /// Whether the environment has this product.
    #[must_use]
    pub fn has(&self, kind: ProductType) -> bool {
        self.products.iter().any(|product| product.kind == kind)
    }
}

impl Declared for BillOfMaterials {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let bookmark = object(vec![text("name").required().max(50), url("href").required()]);
            object(vec![
                one_of("solutionType", &["WORKFORCE", "CUSTOMER", "CIAM_TRIAL", "WF_TRIAL"]),
                list(
                    "products",
                    nested(
                        "product",
                        object(vec![
                            uuid("id").read_only(),
                            one_of("type", ProductType::WORDS).required(),
                            nested("console", object(vec![url("href").required()])),
                            list("bookmarks", nested("bookmark", bookmark), 5),
                            list("tags", one_of("tag", &["DAVINCI_MINIMAL"]), 5),
                            nested("deployment", object(vec![uuid("id").required()])),
                        ]),
                    ),
                    50,
                )
                .required(),
            ])
        });
        &SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_products_read_back_and_get_ids() {
        let (mut bill, _) = BillOfMaterials::read(&BillOfMaterials::standard(), None, &[]).unwrap();
        assert!(bill.has(ProductType::Mfa) && !bill.has(ProductType::Id));
        bill.fill_ids(&Random::seeded(1));
        assert!(bill.products.iter().all(|product| product.id.is_some()));
    }

    #[test]
    fn an_unknown_product_is_named() {
        let problems =
            BillOfMaterials::read(&json!({"products": [{"type": "PING_PONG"}]}), None, &[]).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("products[0].type"));
    }
}
