//! How what is known of images are kept.

use postern_core::experience::image::Image;

use crate::documents::{Column, Document};
use crate::sql::Value;

impl Document for Image {
    const TABLE: &'static str = "image";
    const COLUMNS: &'static [Column] = &[];

    fn index_values(&self) -> Vec<Value> {
        Vec::new()
    }
}
