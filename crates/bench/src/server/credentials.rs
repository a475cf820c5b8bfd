//! The credentials that `postern bootstrap` prints.

use anyhow::Context as _;

/// A worker application with every role.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The environment.
    pub(crate) environment: String,
    /// The client id.
    pub(crate) client: String,
    /// The client secret.
    pub(crate) secret: String,
}

impl Credentials {
    /// Reads lines of the form `NAME=value`, as a shell would.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let value = |name: &str| {
            text.lines()
                .filter_map(|line| line.trim().trim_start_matches("export ").split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.trim_matches(['\'', '"']).to_owned())
                .with_context(|| format!("the bootstrap printed no {name}"))
        };
        Ok(Self {
            environment: value("ENV_ID")?,
            client: value("CLIENT_ID")?,
            secret: value("CLIENT_SECRET")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_lines_are_read() {
        let text = "# made\nexport ENV_ID='e'\nCLIENT_ID=c\nCLIENT_SECRET=\"s=1\"\n";
        let read = Credentials::parse(text).unwrap();
        assert_eq!((&*read.environment, &*read.client, &*read.secret), ("e", "c", "s=1"));
        assert!(Credentials::parse("ENV_ID=e").is_err());
    }
}
