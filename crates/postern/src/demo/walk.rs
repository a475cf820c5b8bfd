//! Goes through the steps: sends a request, shows it, checks the status.

use anyhow::Context as _;
use postern_engine::provision::Provisioned;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::answer::Answer;
use super::step::{Door, Step};
use crate::terminal::{Style, say, styled};

/// A client of the server, with what it has learnt on the way.
pub(crate) struct Walk {
    http: reqwest::Client,
    /// Base of the management API.
    pub(crate) api: String,
    /// Base of the authorization service.
    pub(crate) auth: String,
    /// Base of the sandbox of the environment.
    pub(crate) sandbox: String,
    /// Makes names unique, as the workflow does with a timestamp.
    pub(crate) unique: i64,
    worker: (String, String),
    bearer: Option<String>,
    cookies: Vec<(String, String)>,
    steps: u32,
}

impl Walk {
    /// A walk that begins.
    pub(crate) fn new(address: &str, access: &Provisioned) -> anyhow::Result<Self> {
        let http =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self {
            http,
            api: format!("{address}/v1/environments/{}", access.environment),
            auth: format!("{address}/{}", access.environment),
            sandbox: format!("{address}/sandbox/environments/{}", access.environment),
            unique: crate::clock::now().seconds(),
            worker: (access.application.to_string(), access.secret.expose().clone()),
            bearer: None,
            cookies: Vec::new(),
            steps: 0,
        })
    }

    /// The number of the step that comes next.
    pub(super) fn next_number(&mut self) -> u32 {
        self.steps += 1;
        self.steps
    }

    /// Takes a step.
    pub(super) async fn take(&mut self, number: u32, step: Step<'_>) -> anyhow::Result<Answer> {
        let base = match step.door {
            Door::Management => &self.api,
            Door::Authorization => &self.auth,
            Door::Sandbox => &self.sandbox,
        };
        let url = format!("{base}/{}", step.path);
        let mut request = self.http.request(step.method.clone(), &url);
        if let Some(token) = self.bearer.as_ref().filter(|_| step.door != Door::Sandbox) {
            request = request.bearer_auth(token);
        }
        if let Some(body) = step.body {
            request = request.header(CONTENT_TYPE, &step.media).body(body.to_string());
        }
        self.send(number, step.title, &step.method, &url, request, step.status).await
    }

    /// Step 0: the token that the management API asks for.
    pub(crate) async fn sign_in(&mut self) -> anyhow::Result<()> {
        let url = format!("{}/as/token", self.auth);
        let form = [("grant_type", "client_credentials")];
        let request = self.http.post(&url).basic_auth(&self.worker.0, Some(&self.worker.1)).form(&form);
        let answer = self.send(0, "Get a token for the worker", &Method::POST, &url, request, 200).await?;
        self.bearer = Some(answer.text("/access_token")?.to_owned());
        answer.expect("/token_type", "Bearer")
    }

    /// A call of the management API: with the worker's token, and a JSON body where there is one.
    pub(crate) async fn manage(
        &mut self,
        number: u32,
        title: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
        status: u16,
    ) -> anyhow::Result<Answer> {
        self.manage_as(number, title, method, path, body, "application/json", status).await
    }

    /// The same with a media type that chooses the action.
    #[expect(clippy::too_many_arguments, reason = "a request has that many parts")]
    pub(crate) async fn manage_as(
        &mut self,
        number: u32,
        title: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
        media: &str,
        status: u16,
    ) -> anyhow::Result<Answer> {
        let url = format!("{}/{path}", self.api);
        let mut request = self.http.request(method.clone(), &url);
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, media).body(body.to_string());
        }
        self.send(number, title, &method, &url, request, status).await
    }

    /// A `GET` of the authorization service, with the cookies it has set.
    pub(crate) async fn visit(&mut self, number: u32, title: &str, url: &str) -> anyhow::Result<Answer> {
        let request = self.with_cookies(self.http.get(url));
        self.send(number, title, &Method::GET, url, request, 200).await
    }

    /// An action of a flow.
    pub(crate) async fn act(
        &mut self,
        number: u32,
        title: &str,
        url: &str,
        media: &str,
        body: &Value,
    ) -> anyhow::Result<Answer> {
        let request =
            self.with_cookies(self.http.post(url)).header(CONTENT_TYPE, media).body(body.to_string());
        self.send(number, title, &Method::POST, url, request, 200).await
    }

    /// A request for tokens.
    pub(crate) async fn redeem(
        &mut self,
        number: u32,
        title: &str,
        client: (&str, &str),
        form: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let url = format!("{}/as/token", self.auth);
        let request = self.http.post(&url).basic_auth(client.0, Some(client.1)).form(form);
        self.send(number, title, &Method::POST, &url, request, 200).await
    }

    /// Something beside the steps, which is not shown.
    pub(crate) async fn look(&self, url: &str) -> anyhow::Result<Answer> {
        Answer::read("look", self.http.get(url).send().await?, 200).await
    }

    async fn send(
        &mut self,
        number: u32,
        title: &str,
        method: &Method,
        url: &str,
        request: RequestBuilder,
        status: u16,
    ) -> anyhow::Result<Answer> {
        say("");
        say(format_args!(
            "{} {}",
            styled(Style::Accent, format_args!("{number:>2}.")),
            styled(Style::Bold, title)
        ));
        let response = request.send().await.with_context(|| format!("step {number}: no answer"))?;
        let got = response.status().as_u16();
        let style = if got == status { Style::Good } else { Style::Bad };
        say(format_args!("    {method} {} {}", shortened(url), styled(style, got)));
        for header in response.headers().get_all(SET_COOKIE) {
            self.keep_cookie(header.to_str().unwrap_or_default());
        }
        Answer::read(&format!("step {number} ({title})"), response, status).await
    }

    fn keep_cookie(&mut self, header: &str) {
        let Some((name, value)) = header.split(';').next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
        self.cookies.retain(|(known, _)| *known != name);
        self.cookies.push((name, value));
    }

    fn with_cookies(&self, request: RequestBuilder) -> RequestBuilder {
        if self.cookies.is_empty() {
            return request;
        }
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(COOKIE, pairs.join("; "))
    }
}

/// What matters about an answer.
pub(crate) fn detail(name: &str, value: impl std::fmt::Display) {
    say(format_args!("    {} {value}", styled(Style::Faint, format_args!("{name:<12}"))));
}

/// Path and query; long values are cut.
fn shortened(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else { return url.to_owned() };
    let Some(query) = url.query() else { return url.path().to_owned() };
    let cut = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if value.len() > 40 => {
            format!("{name}={}…", value.chars().take(12).collect::<String>())
        }
        _ => pair.to_owned(),
    };
    format!("{}?{}", url.path(), query.split('&').map(cut).collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_of_a_query_are_cut() {
        let url = format!("http://127.0.0.1:1/e/as/authorize?a=1&request={}", "x".repeat(50));
        assert_eq!(shortened(&url), "/e/as/authorize?a=1&request=xxxxxxxxxxxx…");
    }
}
