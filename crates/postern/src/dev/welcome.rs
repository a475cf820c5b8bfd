//! What a newcomer sees: the values to paste, and what to try next.

use std::fmt::Write as _;

use super::Dev;
use super::place::Secure;
use crate::private_file;
use crate::terminal::{Style, say, styled};

/// Writes `dev.env` and prints everything.
pub(crate) fn show(dev: &Dev, kept: bool) -> anyhow::Result<()> {
    let exports = exports(dev);
    let file = dev.folder.file("dev.env");
    private_file::write(&file, &exports)?;
    let file = file.display();
    let (base, auth) = (&dev.place.base, &dev.place.urls.auth);
    say(format_args!("{} on {}", styled(Style::Good, "Postern is ready"), styled(Style::Bold, auth)));
    say("");
    let data = if kept { "kept in" } else { "removed at the end:" };
    say(format_args!("  Data         {data} {}", dev.folder.path().display()));
    say(format_args!("  Inbox        {base}/sandbox"));
    say(format_args!("  API          {base}/openapi.json"));
    if let Some(Secure { authority, .. }) = &dev.place.secure {
        say(format_args!("  Authority    {} (for clients to trust)", authority.display()));
    }
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

/// Lines for a shell. No value can hold a quote but a path, which is written as the shell wants it.
fn exports(dev: &Dev) -> String {
    let (place, access) = (&dev.place, &dev.access);
    let environment = access.environment;
    let (client, secret) = (access.application.to_string(), access.secret.expose().clone());
    let mut values = vec![
        ("API_PATH", place.urls.api.clone()),
        ("AUTH_PATH", place.urls.auth.clone()),
        ("ENV_ID", environment.to_string()),
        ("CLIENT_ID", client.clone()),
        ("CLIENT_SECRET", secret.clone()),
        ("INBOX_URL", format!("{}/sandbox/environments/{environment}/messages", place.base)),
    ];
    if let Some(Secure { api, auth, authority, .. }) = &place.secure {
        let authority = authority.display().to_string().replace('\'', r"'\''");
        values.extend([
            ("PINGONE_API_SERVICE_HOSTNAME", api.clone()),
            ("PINGONE_AUTH_SERVICE_HOSTNAME", auth.clone()),
            ("PINGONE_CLIENT_ID", client),
            ("PINGONE_CLIENT_SECRET", secret),
            ("PINGONE_ENVIRONMENT_ID", environment.to_string()),
            ("PINGONE_REGION_CODE", "NA".to_owned()),
            ("SSL_CERT_FILE", authority.clone()),
            ("NODE_EXTRA_CA_CERTS", authority),
        ]);
    }
    values.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "export {name}='{value}'");
        text
    })
}
