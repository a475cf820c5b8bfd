//! Spoken markup of calls: `<pause1sec>`, `<sayCharValue>…</sayCharValue>` and
//! `<repeatMessage val=N>…</repeatMessage>`.
//!
//! Owns reading it and turning it into TwiML or plain speech. Speaking never
//! fails: faulty markup is reported by [`fault`] when a content is written and
//! skipped when it is spoken. Everything else in angle brackets is text.

mod speaker;
#[cfg(test)]
mod tests;

/// How often a message may be repeated.
pub const MAX_REPEATS: usize = 5;

/// Markup that cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VoiceFault {
    /// An element begins and does not end.
    #[error("<{0}> is not closed")]
    Unclosed(&'static str),
    /// An element ends that did not begin.
    #[error("</{0}> closes nothing")]
    Stray(&'static str),
    /// An element begins within one of its kind, or within characters that are spelled.
    #[error("<{0}> may not be nested here")]
    Nested(&'static str),
    /// A repetition without a number from 1 to 5.
    #[error("<repeatMessage val=N> needs a number from 1 to 5")]
    Repeats,
}

const PAUSE: &str = "pause1sec";
const SPELL: &str = "sayCharValue";
const REPEAT: &str = "repeatMessage";

/// One thing to do, in order, with repetitions written out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Speech {
    /// Say the words.
    Words(String),
    /// Say the characters one by one.
    Spelled(String),
    /// Be silent for a second.
    Pause,
}

/// The first fault of the markup, if any.
#[must_use]
pub fn fault(text: &str) -> Option<VoiceFault> {
    Reader::read(text).fault
}

/// A TwiML document that speaks the text.
///
/// `voice` is `Man`, `Woman`, `Alice` or a name Twilio knows; the language is
/// that of the content, such as `en` or `en_GB`. Where the voice does not speak
/// the language, another one does.
#[must_use]
pub fn twiml(text: &str, voice: Option<&str>, locale: &str) -> String {
    let speaker = speaker::speaker(voice, locale);
    let voice = speaker.voice.map(|name| format!(" voice=\"{}\"", escaped(&name))).unwrap_or_default();
    let language = escaped(&speaker.language);
    let mut document = String::from("<Response>");
    for step in steps(Reader::read(text).speech) {
        match step {
            Step::Say(words) => {
                document.push_str(&format!("<Say{voice} language=\"{language}\">{}</Say>", escaped(&words)));
            }
            Step::Wait(seconds) => document.push_str(&format!("<Pause length=\"{seconds}\"/>")),
        }
    }
    document.push_str("</Response>");
    document
}

/// The text made fit to be heard: the code is spelled wherever it stands as a word of its own, since nobody writes
/// down a number in the hundred thousands, and a text that says it only once is said again after a second.
#[must_use]
pub fn audible(text: &str, code: &str) -> String {
    if code.is_empty() {
        return text.to_owned();
    }
    let spelled = with_spelled(text, code);
    let said = Reader::read(&spelled).speech.iter().filter(|part| says(part, code)).count();
    if said == 1 { format!("{spelled}<{PAUSE}>{spelled}") } else { spelled }
}

fn says(part: &Speech, code: &str) -> bool {
    match part {
        Speech::Spelled(characters) => characters.contains(code),
        Speech::Words(_) | Speech::Pause => false,
    }
}

/// The text with markup round each code that has none.
fn with_spelled(text: &str, code: &str) -> String {
    let (mut out, mut rest, mut spelling) = (String::with_capacity(text.len() + 64), text, false);
    while let Some((before, tag, after)) = next_tag(rest) {
        push_spelled(&mut out, before, code, spelling);
        match tag {
            Tag::Open(SPELL, _) => spelling = true,
            Tag::Close(SPELL) => spelling = false,
            _ => {}
        }
        let markup = rest.len().saturating_sub(after.len());
        out.push_str(rest.get(before.len()..markup).unwrap_or_default());
        rest = after;
    }
    push_spelled(&mut out, rest, code, spelling);
    out
}

fn push_spelled(out: &mut String, words: &str, code: &str, spelling: bool) {
    if spelling {
        out.push_str(words);
        return;
    }
    let mut rest = words;
    while let Some((before, after)) = rest.split_once(code) {
        out.push_str(before);
        let alone = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        if alone {
            out.push_str(&format!("<{SPELL}>{code}</{SPELL}>"));
        } else {
            out.push_str(code);
        }
        rest = after;
    }
    out.push_str(rest);
}

/// The text as a voice would read it from one line, spelled characters apart.
#[must_use]
pub fn plain(text: &str) -> String {
    line(Reader::read(text).speech, spelled)
}

/// Like [`plain`], with each spelled character between two tags of the gateway.
#[must_use]
pub fn tagged(text: &str, before: &str, after: &str) -> String {
    line(Reader::read(text).speech, |characters| {
        characters.chars().filter(|c| !c.is_whitespace()).map(|c| format!("{before}{c}{after}")).collect()
    })
}

fn line(speech: Vec<Speech>, spell: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for part in speech {
        match part {
            Speech::Words(words) => out.push_str(&words),
            Speech::Spelled(characters) => out.push_str(&spell(&characters)),
            Speech::Pause => out.push(' '),
        }
    }
    out.trim().to_owned()
}

fn spelled(characters: &str) -> String {
    let apart: Vec<String> = characters.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
    apart.join(", ")
}

/// What TwiML has a verb for.
enum Step {
    Say(String),
    Wait(u32),
}

/// Neighbouring words become one sentence, neighbouring pauses one silence.
fn steps(speech: Vec<Speech>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for part in speech {
        let words = match part {
            Speech::Words(words) => words,
            Speech::Spelled(characters) => spelled(&characters),
            Speech::Pause => {
                match steps.last_mut() {
                    Some(Step::Wait(seconds)) => *seconds += 1,
                    _ => steps.push(Step::Wait(1)),
                }
                continue;
            }
        };
        match steps.last_mut() {
            Some(Step::Say(said)) => said.push_str(&words),
            _ => steps.push(Step::Say(words)),
        }
    }
    steps.retain(|step| !matches!(step, Step::Say(words) if words.trim().is_empty()));
    steps
}

/// Text for XML; characters that XML cannot hold become spaces.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Goes through a text once and notes the first fault.
#[derive(Default)]
struct Reader {
    speech: Vec<Speech>,
    /// How often, and where in `speech` the repeated part begins.
    repeating: Option<(usize, usize)>,
    spelling: bool,
    fault: Option<VoiceFault>,
}

enum Tag {
    Pause,
    Open(&'static str, Option<usize>),
    Close(&'static str),
}

impl Reader {
    fn read(text: &str) -> Self {
        let mut reader = Self::default();
        let mut rest = text;
        while let Some((before, tag, after)) = next_tag(rest) {
            reader.text(before);
            reader.tag(&tag);
            rest = after;
        }
        reader.text(rest);
        if reader.spelling {
            reader.note(VoiceFault::Unclosed(SPELL));
        }
        if reader.repeating.is_some() {
            reader.note(VoiceFault::Unclosed(REPEAT));
            reader.end_repeating();
        }
        reader
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = text.to_owned();
        self.speech.push(if self.spelling { Speech::Spelled(text) } else { Speech::Words(text) });
    }

    fn tag(&mut self, tag: &Tag) {
        match *tag {
            Tag::Pause => self.speech.push(Speech::Pause),
            Tag::Open(SPELL, _) if self.spelling => self.note(VoiceFault::Nested(SPELL)),
            Tag::Open(SPELL, _) => self.spelling = true,
            Tag::Open(_, _) if self.repeating.is_some() || self.spelling => {
                self.note(VoiceFault::Nested(REPEAT));
            }
            Tag::Open(_, times) => {
                let allowed = times.filter(|times| (1..=MAX_REPEATS).contains(times));
                if allowed.is_none() {
                    self.note(VoiceFault::Repeats);
                }
                self.repeating = Some((allowed.unwrap_or(1), self.speech.len()));
            }
            Tag::Close(SPELL) if self.spelling => self.spelling = false,
            Tag::Close(REPEAT) if self.repeating.is_some() => self.end_repeating(),
            Tag::Close(name) => self.note(VoiceFault::Stray(name)),
        }
    }

    fn end_repeating(&mut self) {
        if let Some((times, start)) = self.repeating.take() {
            let once = self.speech.split_off(start.min(self.speech.len()));
            for _ in 0..times {
                self.speech.extend(once.iter().cloned());
            }
        }
    }

    fn note(&mut self, fault: VoiceFault) {
        self.fault.get_or_insert(fault);
    }
}

/// The text before the next tag, the tag, the text after it.
fn next_tag(text: &str) -> Option<(&str, Tag, &str)> {
    text.match_indices('<').find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        let (inside, after) = rest.strip_prefix('<')?.split_once('>')?;
        Some((before, tag(inside)?, after))
    })
}

fn tag(inside: &str) -> Option<Tag> {
    let inside = inside.trim_end_matches('/').trim();
    let is = |name: &str| inside.eq_ignore_ascii_case(name);
    if is(PAUSE) {
        return Some(Tag::Pause);
    }
    if is(SPELL) {
        return Some(Tag::Open(SPELL, None));
    }
    if let Some(name) = inside.strip_prefix('/') {
        return [SPELL, REPEAT]
            .into_iter()
            .find(|known| name.trim().eq_ignore_ascii_case(known))
            .map(Tag::Close);
    }
    let (name, attributes) = inside.split_at_checked(REPEAT.len())?;
    if !name.eq_ignore_ascii_case(REPEAT) {
        return None;
    }
    let value = attributes.trim().strip_prefix("val").and_then(|rest| rest.trim_start().strip_prefix('='));
    let times = value.and_then(|value| value.trim().trim_matches(['"', '\'']).parse().ok());
    Some(Tag::Open(REPEAT, times))
}
