//! The page of the documentation: a head, and a section for each database.

/// What stands above the sections.
pub(crate) const HEAD: &str = "# Performance

Written by `scripts/bench --markdown docs/reference/performance.md`, once for SQLite and once with `--postgres`.
The tool and how it measures are in `crates/bench`.

- The server is the release binary, configured as `postern serve` for production; nothing is switched off. The load
  generator runs on the same processors, on one thread, and its share is shown.
- A limit is measured in the same run. The bare store is the storage layer without a server, which writes the rows of the
  call in groups. The bare route answers as many bytes with nothing behind it. Signing alone uses all processors.
- A rate is the peak: each connection calls again as soon as it is answered. p99 is taken at 70 % of that peak, with calls
  due at fixed times; a call's time begins when it was due, so that a stall counts for all calls that it held up.
- A whole OTP transaction is: authorize with a signed request, message enqueued, rendered and handed to a gateway over
  HTTP, passcode taken from that message and checked. An exchange is one HTTP request of it.
- A whole TOTP or FIDO2 authentication is: device authentication started on the user's device, then the code or the
  signature of a passkey in software (ES256) checked. The load generator makes both, which costs it processor time that
  the server then lacks. A code counts once, so codes of all steps within the policy's grace are used, in their order.
- Processor time is that of the process during the load, for each call. Of PostgreSQL only the client side is in it.
";

/// The page with this section, in place of the one with the same title line.
pub(crate) fn with_section(page: &str, title: &str, section: &str) -> String {
    let (before, after) = match page.find(title) {
        None => (page, ""),
        Some(at) => {
            let (before, old) = page.split_at(at);
            let end =
                old.get(title.len()..).and_then(|rest| rest.find("\n## ")).map(|end| title.len() + end + 1);
            (before, end.and_then(|end| old.get(end..)).unwrap_or_default())
        }
    };
    let mut parts = vec![before.trim_end(), section.trim_end()];
    parts.extend(Some(after.trim_end()).filter(|after| !after.is_empty()));
    parts.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_added_once_and_then_replaced() {
        let page = with_section("# Performance\n", "## A\n", "## A\n1\n");
        let page = with_section(&page, "## B\n", "## B\n2\n");
        assert_eq!(page, "# Performance\n\n## A\n1\n\n## B\n2\n");
        let page = with_section(&page, "## A\n", "## A\n3\n");
        assert_eq!(page, "# Performance\n\n## A\n3\n\n## B\n2\n");
        let page = with_section(&page, "## B\n", "## B\n4\n");
        assert_eq!(page, "# Performance\n\n## A\n3\n\n## B\n4\n");
    }
}
