//! The words of an HTML mail, for readers that show no HTML.

/// Elements whose content nobody reads.
const HIDDEN: [&str; 4] = ["head", "style", "script", "title"];
/// Elements that begin a new line.
const BLOCKS: [&str; 14] =
    ["br", "p", "div", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "blockquote"];

/// The text between the tags, one line per block, links with their address.
pub(super) fn from_html(html: &str) -> String {
    let mut words = Words::default();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        words.text(text);
        rest = match after.strip_prefix("!--") {
            Some(comment) => comment.split_once("-->").map_or("", |(_, after)| after),
            None => match after.split_once('>') {
                Some((tag, after)) => match words.tag(tag) {
                    Some(hidden) => after_end(after, hidden),
                    None => after,
                },
                None => "",
            },
        };
    }
    words.text(rest);
    words.finish()
}

/// What follows the end of an element, inside which `<` begins nothing.
fn after_end<'a>(text: &'a str, name: &str) -> &'a str {
    let end = text.to_ascii_lowercase().find(&format!("</{name}"));
    let rest = end.and_then(|end| text.get(end..)).and_then(|end| end.split_once('>'));
    rest.map_or("", |(_, rest)| rest)
}

#[derive(Default)]
struct Words {
    out: String,
    link: Option<String>,
}

impl Words {
    fn text(&mut self, text: &str) {
        let decoded = entities(text);
        for (index, word) in decoded.split(|c: char| c.is_whitespace()).enumerate() {
            if index > 0 && !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                self.out.push(' ');
            }
            self.out.push_str(word);
        }
    }

    /// Follows a tag; names the element if its content is to be left out.
    fn tag(&mut self, tag: &str) -> Option<&'static str> {
        let (closing, tag) = match tag.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, tag),
        };
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = tag.get(..end).unwrap_or_default().to_ascii_lowercase();
        if name == "a" {
            self.link(if closing { None } else { attribute(tag, "href") });
        } else if BLOCKS.contains(&name.as_str()) {
            self.line();
        }
        HIDDEN.into_iter().find(|hidden| *hidden == name && !closing)
    }

    /// Notes where a link goes when it begins, and writes it down when it ends.
    fn link(&mut self, begun: Option<String>) {
        let ended = std::mem::replace(&mut self.link, begun);
        if let Some(address) = ended.filter(|address| !self.out.ends_with(address.as_str())) {
            self.out.push_str(" (");
            self.out.push_str(&address);
            self.out.push(')');
        }
    }

    fn line(&mut self) {
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn finish(self) -> String {
        let mut text = self.out.trim().to_owned();
        text.push('\n');
        text
    }
}

/// The value of a quoted attribute, decoded.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().find(&format!("{name}="))?;
    let value = tag.get(at..)?.split_once('=')?.1;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = value.strip_prefix(quote)?.split_once(quote)?.0;
    Some(entities(value))
}

/// The entities that our own encoding and common templates use.
fn entities(text: &str) -> String {
    let mut decoded = text.to_owned();
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        // Last, so that `&amp;lt;` becomes `&lt;`.
        ("&amp;", "&"),
    ] {
        decoded = decoded.replace(entity, character);
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_stay_and_the_markup_goes() {
        let html = "<html><head><title>T</title><style>p{color:red}</style></head><body>\n<p>Hello <b>Pat</b> &amp; Co</p>\
                    <!-- no > words --><p>Code:<br/>123456</p><script>x<y</script>\
                    <a href='https://a.example/?x=1&amp;y=2'>Sign in</a></body></html>";
        let text = "Hello Pat & Co\n\nCode:\n123456\nSign in (https://a.example/?x=1&y=2)\n";
        assert_eq!(from_html(html), text);
    }

    #[test]
    fn what_was_escaped_stays_words() {
        assert_eq!(from_html("&lt;b&gt; &amp;lt;"), "<b> &lt;\n");
        assert_eq!(from_html("1 < 2"), "1 \n".replace(" \n", "\n"));
        assert_eq!(from_html(""), "\n");
    }
}
