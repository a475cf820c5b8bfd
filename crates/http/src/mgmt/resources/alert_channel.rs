//! Alert channels. Nothing is sent yet: they are kept and shown.

use postern_core::experience::alert_channel::AlertChannel;
use postern_core::permission::{Area, Permission};
use serde_json::{Value, json};

use crate::mgmt::resource::{Resource, Verb};

/// See the module.
pub struct AlertChannels;

impl Resource for AlertChannels {
    type Doc = AlertChannel;
    const PATH: &'static str = "/v1/environments/{envID}/alertChannels";
    const ITEM: &'static str = "/v1/environments/{envID}/alertChannels/{alertChannelID}";
    const ID: &'static str = "alertChannelID";
    const EMBEDDED: &'static str = "alertChannels";
    const TITLE: &'static str = "alert channel";
    const GROUP: &'static str = "Alert channels";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Create, Verb::Replace, Verb::Delete];
    const READ: Permission = Permission::Read(Area::Webhooks);
    const WRITE: Permission = Permission::Write(Area::Webhooks);

    fn example(n: usize) -> Value {
        json!({ "alertName": format!("Operators {n}"), "channelType": "EMAIL", "addresses": ["operators@acme.example"],
            "includeSeverities": ["ERROR"] })
    }
}
