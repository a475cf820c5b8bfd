//! Forms. No page is made of them: they are kept and shown.

use postern_core::entity::Stored;
use postern_core::experience::form::Form;
use postern_core::permission::{Area, Permission};
use postern_core::schema::Declared;
use postern_engine::Ctx;
use serde_json::{Map, Value, json};

use crate::mgmt::resource::Resource;
use crate::mgmt::view;

/// See the module.
pub struct Forms;

impl Resource for Forms {
    type Doc = Form;
    const PATH: &'static str = "/v1/environments/{envID}/forms";
    const ITEM: &'static str = "/v1/environments/{envID}/forms/{formID}";
    const ID: &'static str = "formID";
    const EMBEDDED: &'static str = "forms";
    const TITLE: &'static str = "form";
    const GROUP: &'static str = "Forms";
    const READ: Permission = Permission::Read(Area::Branding);
    const WRITE: Permission = Permission::Write(Area::Branding);

    fn example(n: usize) -> Value {
        json!({ "name": format!("Form {n}"), "description": "A test form", "category": "CUSTOM", "cols": 4,
            "markRequired": true, "markOptional": false, "components": { "fields": [
                { "type": "ERROR_DISPLAY", "position": { "row": 0, "col": 0 } },
                { "type": "SUBMIT_BUTTON", "label": "Go on", "position": { "row": 1, "col": 0 } } ] } })
    }

    /// Forms have names of their own for the dates, beside the usual ones.
    fn view(_ctx: &Ctx, stored: &Stored<Form>) -> Map<String, Value> {
        let mut members = view::members(stored, Form::schema());
        members.insert("created".to_owned(), json!(stored.created_at));
        members.insert("modified".to_owned(), json!(stored.updated_at));
        members
    }
}
