//! What a newcomer sees: the values to paste, and what to try next.

use std::fmt::Write as _;

use super::Dev;
use crate::private_file;
use crate::terminal::{Style, say, styled};

/// Writes `dev.env` and prints everything.
pub(crate) fn show(dev: &Dev, kept: bool) -> anyhow::Result<()> {
    let exports = exports(dev);
    let file = dev.folder.file("dev.env");
    private_file::write(&file, &exports)?;
    let file = file.display();
    let address = &dev.address;
    say(format_args!("{} on {}", styled(Style::Good, "Postern is ready"), styled(Style::Bold, address)));
    say("");
    let data = if kept { "kept in" } else { "removed at the end:" };
    say(format_args!("  Data         {data} {}", dev.folder.path().display()));
    say(format_args!("  Inbox        {address}/sandbox"));
    say(format_args!("  API          {address}/openapi.json"));
    say("");
    crate::terminal::print(&exports);
    say("");
    say(styled(Style::Faint, "# In another terminal (the values above are in the file):"));
    say(format_args!("source '{file}'"));
    say(
        r#"TOKEN=$(curl -s "$AUTH_PATH/$ENV_ID/as/token" -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"#,
    );
    say(r#"curl -s "$API_PATH/environments/$ENV_ID" -H "Authorization: Bearer $TOKEN""#);
    say("");
    say(styled(Style::Faint, "Ctrl+C stops the server."));
    Ok(())
}

/// Lines for a shell. No value can hold a quote.
fn exports(dev: &Dev) -> String {
    let (address, access) = (&dev.address, &dev.access);
    let environment = access.environment;
    let values = [
        ("API_PATH", format!("{address}/v1")),
        ("AUTH_PATH", address.clone()),
        ("ENV_ID", environment.to_string()),
        ("CLIENT_ID", access.application.to_string()),
        ("CLIENT_SECRET", access.secret.expose().clone()),
        ("INBOX_URL", format!("{address}/sandbox/environments/{environment}/messages")),
    ];
    values.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "export {name}='{value}'");
        text
    })
}
