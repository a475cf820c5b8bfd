//! Creates users, to have some.

use std::net::SocketAddr;

use uuid::Uuid;

use super::Made;
use crate::load::{Caller, Connection, Fault, Request};
use crate::scene::Scene;

/// Creates the next user of those to be made.
pub(crate) struct CreateUser {
    path: String,
    authorization: String,
    population: Uuid,
    address: SocketAddr,
    made: Made,
    request: Request,
    body: String,
}

impl CreateUser {
    /// In the environment of the scene.
    pub(crate) fn new(scene: &Scene, population: Uuid, made: &Made) -> Self {
        Self {
            path: format!("/v1/environments/{}/users", scene.environment),
            authorization: format!("Bearer {}", scene.token),
            population,
            address: scene.address,
            made: made.clone(),
            request: Request::default(),
            body: String::new(),
        }
    }
}

impl Caller for CreateUser {
    async fn call(&mut self, connection: &mut Connection) -> Result<(), Fault> {
        let place = self.made.next()?;
        self.body = format!(
            r#"{{"email":"user{place}@example.com","name":{{"given":"Alice","family":"Ng"}},"population":{{"id":"{}"}},"username":"user{place}"}}"#,
            self.population
        );
        let request = self
            .request
            .begin("POST", &self.path, self.address)
            .header("authorization", &self.authorization)
            .body("application/json", self.body.as_bytes());
        let answer = connection.exchange(request).await?;
        if answer.status != 201 {
            return Err(Fault::of(&answer));
        }
        self.made.keep(place, answer.body)
    }
}
