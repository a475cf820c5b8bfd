//! A phone with the application under test: honest unless a test makes it otherwise.

use http::Method;
use postern_core::mfa::push::request::Decision;
use postern_core::random::Random;
use postern_core::time::Span;
use postern_sandbox::phone::{Moment, NewKey, Phone, SignedRequest};
use serde_json::{Value, json};

use crate::{Answer, Client, TestApp};

/// A phone whose requests go to the router.
pub struct TestPhone {
    /// The application's side of the protocol.
    pub phone: Phone,
    /// How far its clock is ahead.
    pub ahead: Span,
    client: Client,
    random: Random,
}

impl TestPhone {
    /// A phone that is not paired.
    #[must_use]
    pub fn new(app: &TestApp) -> Self {
        Self {
            phone: Phone::new(app.environment()).expect("a key can be made"),
            ahead: Span::ZERO,
            client: app.anonymous(),
            random: app.app().parts.random.clone(),
        }
    }

    /// A request that is made and not yet sent.
    pub fn make(
        &self,
        app: &TestApp,
        make: impl FnOnce(&Phone, Moment<'_>) -> SignedRequest,
    ) -> SignedRequest {
        make(&self.phone, Moment { now: app.now().plus(self.ahead), random: &self.random })
    }

    /// Sends a request as it stands.
    pub async fn send(&self, signed: &SignedRequest) -> Answer {
        let method: Method = signed.method.parse().expect("a method");
        let mut request = self.client.request(method, &signed.path).header("device-proof", &signed.proof);
        if !signed.body.is_empty() {
            request = request.bytes("application/json", signed.body.clone().into_bytes());
        }
        request.send().await
    }

    /// Claims a pairing key.
    pub async fn claim(&self, app: &TestApp, key: &str, application: &str, facts: &Value) -> Answer {
        let signed =
            self.make(app, |phone, moment| phone.claim(moment, key, application, facts).expect("it signs"));
        self.send(&signed).await
    }

    /// Claims a pairing key with success.
    pub async fn pair(&mut self, app: &TestApp, key: &str, application: &str) -> Value {
        let facts = json!({ "os": { "type": "ANDROID", "version": "16" }, "model": { "name": "Test 1" } });
        let answer = self.claim(app, key, application, &facts).await.expect(201);
        self.phone.paired(&answer).expect("an answer of the protocol");
        answer
    }

    /// Any request about the own device.
    pub async fn request(&self, app: &TestApp, method: &'static str, rest: &str, body: Value) -> Answer {
        let signed =
            self.make(app, |phone, moment| phone.request(moment, method, rest, &body).expect("it signs"));
        self.send(&signed).await
    }

    /// The requests that wait.
    pub async fn look(&self, app: &TestApp) -> Vec<Value> {
        let signed = self.make(app, |phone, moment| phone.look(moment, 0).expect("it signs"));
        let body = self.send(&signed).await.expect(200);
        body["requests"].as_array().cloned().unwrap_or_default()
    }

    /// The one request that waits.
    #[track_caller]
    pub fn only(waiting: Vec<Value>) -> Value {
        let [one] = <[Value; 1]>::try_from(waiting).expect("exactly one request waits");
        one
    }

    /// An answer that is made and not yet sent.
    #[must_use]
    pub fn made_answer(
        &self,
        app: &TestApp,
        request: &Value,
        decision: Decision,
        number: Option<i64>,
    ) -> SignedRequest {
        self.make(app, |phone, moment| phone.answer(moment, request, decision, number).expect("it signs"))
    }

    /// Answers a request.
    pub async fn answer(
        &self,
        app: &TestApp,
        request: &Value,
        decision: Decision,
        number: Option<i64>,
    ) -> Answer {
        self.send(&self.made_answer(app, request, decision, number)).await
    }

    /// Asks to change the key.
    pub async fn change_key(&self, app: &TestApp) -> (Answer, NewKey) {
        let moment = Moment { now: app.now().plus(self.ahead), random: &self.random };
        let (signed, new) = self.phone.change_key(moment).expect("it signs");
        (self.send(&signed).await, new)
    }

    /// What it gives the server that it signs its user on with.
    #[must_use]
    pub fn payload(&self, app: &TestApp) -> String {
        let moment = Moment { now: app.now().plus(self.ahead), random: &self.random };
        self.phone.payload(moment).expect("it signs")
    }

    /// The passcode that it shows now.
    #[must_use]
    pub fn passcode(&self, app: &TestApp) -> String {
        self.phone.passcode(app.now().plus(self.ahead)).expect("it is paired").expose().clone()
    }
}
