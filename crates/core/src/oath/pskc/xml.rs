//! The little of XML that key containers need: elements, attributes, text, one child of the root at a time.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

/// The namespace of key containers.
const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
/// Elements within each other.
const MOST_DEPTH: usize = 32;
/// Elements below one child of the root.
const MOST_ELEMENTS: usize = 1_000;
/// Characters of text of one element.
const MOST_TEXT: usize = 16 * 1024;

/// Why a text is not read. Places are in bytes from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// It is not well-formed.
    #[error("not well-formed near byte {0}")]
    Malformed(u64),
    /// A document type or an entity, which could mean anything.
    #[error("document types and entities are not allowed (near byte {0})")]
    Entity(u64),
    /// More within each other, or more at once, than any key needs.
    #[error("too deep or too large near byte {0}")]
    Limit(u64),
}

/// An element and what is in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name without prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The first element with this name in it.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The element at the end of the path.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// The text at the end of the path, without space around it.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(Self::text)
    }

    /// Its own text, without space around it.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// An attribute by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A key container that is being read.
pub(super) struct Document<'t> {
    reader: NsReader<&'t [u8]>,
    ended: bool,
}

impl<'t> Document<'t> {
    /// Reads up to the root. Nothing when it is not that of a key container.
    pub(super) fn open(text: &'t str) -> Result<Option<Self>, XmlError> {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        let mut document = Self { reader, ended: false };
        loop {
            let place = document.place();
            let (namespace, event) =
                document.reader.read_resolved_event().map_err(|_| XmlError::Malformed(place))?;
            match event {
                Event::Start(root) => {
                    let ours = namespace == ResolveResult::Bound(Namespace(PSKC));
                    let root = element(&root, place)?;
                    let version = root.attribute("Version").is_some_and(|version| version.starts_with("1."));
                    let right = ours && version && root.name == "KeyContainer";
                    return Ok(right.then_some(document));
                }
                Event::Empty(_) | Event::Eof => return Ok(None),
                Event::DocType(_) | Event::GeneralRef(_) => return Err(XmlError::Entity(place)),
                Event::Text(text) if !text.xml10_content().trim().is_empty() => {
                    return Err(XmlError::Malformed(place));
                }
                Event::CData(_) | Event::End(_) => return Err(XmlError::Malformed(place)),
                _ => {}
            }
        }
    }

    /// The next child of the root, whole. Nothing at the end.
    pub(super) fn next_child(&mut self) -> Result<Option<Element>, XmlError> {
        if self.ended {
            return Ok(None);
        }
        // The elements that are open, outermost first.
        let (mut open, mut elements): (Vec<Element>, usize) = (Vec::new(), 0);
        loop {
            let place = self.place();
            let event = self.reader.read_event().map_err(|_| XmlError::Malformed(place))?;
            let closed = match event {
                Event::Start(start) => {
                    elements += 1;
                    if open.len() >= MOST_DEPTH || elements > MOST_ELEMENTS {
                        return Err(XmlError::Limit(place));
                    }
                    open.push(element(&start, place)?);
                    continue;
                }
                Event::Empty(start) => {
                    elements += 1;
                    if elements > MOST_ELEMENTS {
                        return Err(XmlError::Limit(place));
                    }
                    element(&start, place)?
                }
                Event::End(_) => match open.pop() {
                    Some(closed) => closed,
                    None => {
                        self.ended = true;
                        return Ok(None);
                    }
                },
                Event::Text(text) => {
                    say(&mut open, &text.xml10_content(), place)?;
                    continue;
                }
                Event::CData(text) => {
                    say(&mut open, &text.xml10_content(), place)?;
                    continue;
                }
                Event::GeneralRef(reference) => {
                    let character = character(&reference).ok_or(XmlError::Entity(place))?;
                    say(&mut open, character.encode_utf8(&mut [0; 4]), place)?;
                    continue;
                }
                Event::DocType(_) => return Err(XmlError::Entity(place)),
                Event::Eof => return Err(XmlError::Malformed(place)),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(closed),
                None => return Ok(Some(closed)),
            }
        }
    }

    fn place(&self) -> u64 {
        self.reader.buffer_position()
    }
}

fn element(start: &BytesStart<'_>, place: u64) -> Result<Element, XmlError> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| XmlError::Malformed(place))?;
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|_| XmlError::Entity(place))?
            .into_owned();
        if value.len() > MOST_TEXT {
            return Err(XmlError::Limit(place));
        }
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    Ok(Element { name: start.local_name().as_ref().to_owned(), attributes, ..Element::default() })
}

/// Adds text to the innermost element; outside of all there may be only space.
fn say(open: &mut [Element], text: &str, place: u64) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(element) if element.text.len() + text.len() <= MOST_TEXT => element.text.push_str(text),
        Some(_) => return Err(XmlError::Limit(place)),
        None if text.trim().is_empty() => {}
        None => return Err(XmlError::Malformed(place)),
    }
    Ok(())
}

/// A character reference, or one of the five names that every document has.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character);
    }
    match reference.xml10_content().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
