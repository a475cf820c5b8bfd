-- The first schema. One text for both databases; tokens are explained in docs/dev/storage.md.
-- Times are microseconds since the epoch, booleans are 0 or 1, *_key columns hold case-folded text.
-- A document table keeps its record as JSON in `body`; the columns beside it exist to be searched or unique.

-- Organizations and environments live in the partition of the nil environment.
CREATE TABLE organization (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE environment (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  organization_id {{uuid}} NOT NULL,
  license_id {{uuid}} NOT NULL,
  name_key {{text}} NOT NULL,
  status {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX environment_name ON environment (env, organization_id, name_key);

CREATE TABLE population (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX population_name ON population (env, name_key);
CREATE UNIQUE INDEX population_default ON population (env) WHERE is_default = 1;

CREATE TABLE directory_user (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  username_key {{text}} NOT NULL,
  email_key {{text}},
  population_id {{uuid}} NOT NULL,
  enabled BIGINT NOT NULL,
  mfa_enabled BIGINT NOT NULL,
  external_id_key {{text}},
  account_id_key {{text}},
  given_name_key {{text}},
  middle_name_key {{text}},
  family_name_key {{text}},
  formatted_name_key {{text}},
  nickname_key {{text}},
  title_key {{text}},
  type_key {{text}},
  locale_key {{text}},
  preferred_language_key {{text}},
  timezone_key {{text}},
  primary_phone_key {{text}},
  mobile_phone_key {{text}},
  street_address_key {{text}},
  locality_key {{text}},
  region_key {{text}},
  postal_code_key {{text}},
  country_code_key {{text}},
  email_verified BIGINT NOT NULL,
  identity_provider_type {{text}} NOT NULL,
  identity_provider_id {{uuid}},
  lifecycle_status {{text}} NOT NULL,
  verify_status {{text}} NOT NULL,
  honorific_prefix_key {{text}},
  honorific_suffix_key {{text}},
  photo_key {{text}},
  locked_at BIGINT,
  unlock_at BIGINT,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX directory_user_username ON directory_user (env, username_key);
CREATE INDEX directory_user_email ON directory_user (env, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX directory_user_external_id ON directory_user (env, external_id_key) WHERE external_id_key IS NOT NULL;
CREATE INDEX directory_user_population ON directory_user (env, population_id);
CREATE INDEX directory_user_created ON directory_user (env, created_at, id);

CREATE TABLE application (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  type {{text}} NOT NULL,
  enabled BIGINT NOT NULL,
  bundle_id {{text}},
  package_name {{text}},
  huawei_app_id {{text}},
  huawei_package_name {{text}},
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX application_name ON application (env, name_key);
CREATE UNIQUE INDEX application_bundle ON application (env, bundle_id) WHERE bundle_id IS NOT NULL;
CREATE UNIQUE INDEX application_package ON application (env, package_name) WHERE package_name IS NOT NULL;
CREATE UNIQUE INDEX application_huawei_app ON application (env, huawei_app_id) WHERE huawei_app_id IS NOT NULL;
CREATE UNIQUE INDEX application_huawei_package ON application (env, huawei_package_name)
  WHERE huawei_package_name IS NOT NULL;

CREATE TABLE resource (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  type {{text}} NOT NULL,
  audience {{text}},
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX resource_name ON resource (env, name_key);

CREATE TABLE scope (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  resource_id {{uuid}} NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX scope_name ON scope (env, resource_id, name_key);

CREATE TABLE resource_attribute (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  resource_id {{uuid}} NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX resource_attribute_name ON resource_attribute (env, resource_id, name_key);

CREATE TABLE application_attribute (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  application_id {{uuid}} NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX application_attribute_name ON application_attribute (env, application_id, name_key);

CREATE TABLE application_grant (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  application_id {{uuid}} NOT NULL,
  resource_id {{uuid}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX application_grant_resource ON application_grant (env, application_id, resource_id);
CREATE INDEX application_grant_by_resource ON application_grant (env, resource_id);

CREATE TABLE sign_on_policy (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX sign_on_policy_name ON sign_on_policy (env, name_key);
CREATE UNIQUE INDEX sign_on_policy_default ON sign_on_policy (env) WHERE is_default = 1;

CREATE TABLE sign_on_action (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  policy_id {{uuid}} NOT NULL,
  priority BIGINT NOT NULL,
  device_policy_id {{uuid}},
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX sign_on_action_priority ON sign_on_action (env, policy_id, priority);
CREATE INDEX sign_on_action_device_policy ON sign_on_action (env, device_policy_id) WHERE device_policy_id IS NOT NULL;

CREATE TABLE sign_on_assignment (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  application_id {{uuid}} NOT NULL,
  policy_id {{uuid}} NOT NULL,
  priority BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX sign_on_assignment_policy ON sign_on_assignment (env, application_id, policy_id);
CREATE UNIQUE INDEX sign_on_assignment_priority ON sign_on_assignment (env, application_id, priority);
CREATE INDEX sign_on_assignment_by_policy ON sign_on_assignment (env, policy_id);

CREATE TABLE role_assignment (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  actor_id {{uuid}} NOT NULL,
  role_id {{uuid}} NOT NULL,
  scope_id {{uuid}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX role_assignment_scope ON role_assignment (env, actor_id, role_id, scope_id);

CREATE TABLE device_policy (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  fido2_policy_id {{uuid}},
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX device_policy_name ON device_policy (env, name_key);
CREATE UNIQUE INDEX device_policy_default ON device_policy (env) WHERE is_default = 1;
CREATE INDEX device_policy_fido2 ON device_policy (env, fido2_policy_id) WHERE fido2_policy_id IS NOT NULL;

CREATE TABLE password_policy (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX password_policy_name ON password_policy (env, name_key);
CREATE UNIQUE INDEX password_policy_default ON password_policy (env) WHERE is_default = 1;

-- Singletons: the id is the environment's.
CREATE TABLE mfa_settings (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE notification_settings (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  phone_daily BIGINT,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE email_delivery (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE phone_delivery (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  provider {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE template_content (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  template {{text}} NOT NULL,
  delivery_method {{text}} NOT NULL,
  locale_key {{text}} NOT NULL,
  variant_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX template_content_choice ON template_content (env, template, delivery_method, locale_key, variant_key);

-- `position` orders a user's devices: its activation time, or its place after a reorder.
CREATE TABLE device (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  user_id {{uuid}} NOT NULL,
  type {{text}} NOT NULL,
  status {{text}} NOT NULL,
  address_key {{text}},
  position BIGINT NOT NULL,
  expires_at BIGINT,
  credential_key {{text}},
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX device_address ON device (env, user_id, type, address_key);
CREATE UNIQUE INDEX device_credential ON device (env, credential_key) WHERE credential_key IS NOT NULL;
CREATE INDEX device_expiry ON device (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE flow (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  user_id {{uuid}},
  expires_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX flow_expiry ON flow (expires_at);

CREATE TABLE device_authentication (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX device_authentication_expiry ON device_authentication (expires_at);

-- Users whose devices have no order, and so no default device.
CREATE TABLE device_unordered (
  env {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  PRIMARY KEY (env, user_id)
);

-- A one-time passcode that waits for its check. The id is the flow's, or the device's while it is being paired.
CREATE TABLE otp_challenge (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  device_id {{uuid}} NOT NULL,
  digest {{bytes}} NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX otp_challenge_device ON otp_challenge (env, device_id);
CREATE INDEX otp_challenge_expiry ON otp_challenge (expires_at);

-- Tries spent on a device: `failures` as the policy counts them, `ever` since the last success. A row is made by the first.
CREATE TABLE otp_failure (
  env {{uuid}} NOT NULL,
  device_id {{uuid}} NOT NULL,
  failures BIGINT NOT NULL,
  ever BIGINT NOT NULL,
  PRIMARY KEY (env, device_id)
);

-- Wrong MFA actions of a user since the last success, for the account lockout.
CREATE TABLE account_failure (
  env {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  failures BIGINT NOT NULL,
  PRIMARY KEY (env, user_id)
);

-- Codes and messages that a user had on a UTC day (days since the epoch), by group of channels.
CREATE TABLE sent_quota (
  env {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  channel_group {{text}} NOT NULL,
  day BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  claimed BIGINT NOT NULL,
  PRIMARY KEY (env, user_id, channel_group, day)
);
CREATE INDEX sent_quota_day ON sent_quota (day);

CREATE TABLE password (
  env {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  hash {{text}} NOT NULL,
  must_change BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  locked_until BIGINT,
  changed_at BIGINT NOT NULL,
  history {{text}} NOT NULL,
  PRIMARY KEY (env, user_id)
);

-- A code that was mailed to recover a password.
CREATE TABLE recovery_code (
  env {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  digest {{bytes}} NOT NULL,
  attempts BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (env, user_id)
);

CREATE TABLE application_secret (
  env {{uuid}} NOT NULL,
  application_id {{uuid}} NOT NULL,
  current {{text}} NOT NULL,
  previous {{text}},
  previous_expires_at BIGINT,
  previous_used_at BIGINT,
  PRIMARY KEY (env, application_id)
);

CREATE TABLE signing_key (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  algorithm {{text}} NOT NULL,
  private {{text}} NOT NULL,
  public {{text}} NOT NULL,
  created_at BIGINT NOT NULL,
  active_from BIGINT NOT NULL,
  retired_at BIGINT,
  PRIMARY KEY (env, id)
);

CREATE TABLE session (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  token_digest {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  active_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX session_token ON session (env, token_digest);
CREATE INDEX session_of_user ON session (env, user_id, created_at);
CREATE INDEX session_expiry ON session (expires_at);

-- An authorization code; used_at stays so that a replay is seen.
CREATE TABLE authorization_code (
  env {{uuid}} NOT NULL,
  digest {{bytes}} NOT NULL,
  application_id {{uuid}} NOT NULL,
  body {{text}} NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  family_id {{uuid}},
  PRIMARY KEY (env, digest)
);
CREATE INDEX authorization_code_expiry ON authorization_code (expires_at);

-- A refresh token; all tokens that come from one sign-on share a family.
CREATE TABLE refresh_token (
  env {{uuid}} NOT NULL,
  digest {{bytes}} NOT NULL,
  family_id {{uuid}} NOT NULL,
  application_id {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  body {{text}} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (env, digest)
);
CREATE INDEX refresh_token_family ON refresh_token (env, family_id);
CREATE INDEX refresh_token_user ON refresh_token (env, user_id);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

-- Access tokens (by jti) that were revoked before their end.
CREATE TABLE revoked_token (
  env {{uuid}} NOT NULL,
  jti {{text}} NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (env, jti)
);
CREATE INDEX revoked_token_expiry ON revoked_token (expires_at);

-- Messages on their way out. The payload is sealed and wiped at the end.
CREATE TABLE outbox (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  channel {{text}} NOT NULL,
  status {{text}} NOT NULL,
  payload {{text}},
  user_id {{uuid}},
  device_id {{uuid}},
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  finished_at BIGINT,
  reason {{text}},
  PRIMARY KEY (env, id)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE status = 'PENDING';
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;

-- One row per hand-over to a provider.
CREATE TABLE outbox_attempt (
  env {{uuid}} NOT NULL,
  message_id {{uuid}} NOT NULL,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  provider {{text}} NOT NULL,
  outcome {{text}} NOT NULL,
  reference {{text}},
  reason {{text}},
  duration_ms BIGINT NOT NULL,
  PRIMARY KEY (env, message_id, number)
);

-- Messages that were kept instead of sent, in development environments. The body is sealed.
CREATE TABLE inbox_message (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  recipient {{text}} NOT NULL,
  received_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX inbox_message_order ON inbox_message (env, received_at, id);

-- The audit trail. Ids grow with time, so the primary key is also the order of recording.
CREATE TABLE audit_event (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  recorded_at BIGINT NOT NULL,
  action {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

-- Deleted environments whose rows are still to be removed.
CREATE TABLE environment_purge (
  env {{uuid}} NOT NULL,
  PRIMARY KEY (env)
);

-- Mobile devices: push credentials of applications, pairing keys, push requests, authentication codes.
CREATE TABLE push_credentials (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  application_id {{uuid}} NOT NULL,
  type {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX push_credentials_type ON push_credentials (env, application_id, type);

CREATE TABLE pairing_key (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  user_id {{uuid}} NOT NULL,
  digest {{text}} NOT NULL,
  status {{text}} NOT NULL,
  expires_at BIGINT NOT NULL,
  forget_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX pairing_key_digest ON pairing_key (env, digest);
CREATE INDEX pairing_key_user ON pairing_key (env, user_id);
CREATE INDEX pairing_key_end ON pairing_key (forget_at);

CREATE TABLE push_request (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  device_id {{uuid}} NOT NULL,
  asker_id {{uuid}} NOT NULL,
  status {{text}} NOT NULL,
  expires_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX push_request_device ON push_request (env, device_id, created_at);
CREATE INDEX push_request_expiry ON push_request (status, expires_at);

CREATE TABLE authentication_code (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  digest {{text}} NOT NULL,
  forget_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX authentication_code_digest ON authentication_code (env, digest);
CREATE INDEX authentication_code_end ON authentication_code (forget_at);

-- Proofs of devices that were used, until they could not be used anyway.
CREATE TABLE device_nonce (
  env {{uuid}} NOT NULL,
  device_id {{uuid}} NOT NULL,
  nonce {{text}} NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (env, device_id, nonce)
);
CREATE INDEX device_nonce_expiry ON device_nonce (expires_at);

-- The latest logs that each device sent, sealed.
CREATE TABLE device_log (
  env {{uuid}} NOT NULL,
  device_id {{uuid}} NOT NULL,
  received_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, device_id)
);
CREATE INDEX device_log_age ON device_log (received_at);

-- The WhatsApp account of an environment; the id is the environment's.
CREATE TABLE whatsapp_delivery (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

-- Passkeys: which authenticators are wanted, and which makes an administrator added.
CREATE TABLE fido2_policy (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX fido2_policy_name ON fido2_policy (env, name_key);
CREATE UNIQUE INDEX fido2_policy_default ON fido2_policy (env) WHERE is_default = 1;

CREATE TABLE fido_policy (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX fido_policy_name ON fido_policy (env, name_key);
CREATE UNIQUE INDEX fido_policy_default ON fido_policy (env) WHERE is_default = 1;

CREATE TABLE custom_authenticator (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  identifier {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX custom_authenticator_identifier ON custom_authenticator (env, identifier);

-- Hardware tokens, how many of them an environment has, and bulk work on them.
CREATE TABLE oath_token (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  serial_key {{text}} NOT NULL,
  device_id {{uuid}},
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX oath_token_serial ON oath_token (env, serial_key);
CREATE INDEX oath_token_created ON oath_token (env, created_at, id);

CREATE TABLE oath_token_count (
  env {{uuid}} NOT NULL,
  tokens BIGINT NOT NULL,
  PRIMARY KEY (env)
);

CREATE TABLE oath_job (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  ended_at BIGINT,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX oath_job_ended ON oath_job (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE oath_job_chunk (
  env {{uuid}} NOT NULL,
  job_id {{uuid}} NOT NULL,
  number BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, job_id, number)
);

-- Software factors of environments for tests, sealed as a whole.
CREATE TABLE sandbox_robot (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  created_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX sandbox_robot_created ON sandbox_robot (env, created_at, id);

-- Groups, the users who were added to them, and the groups that are members of groups.
CREATE TABLE user_group (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  scope_id {{uuid}} NOT NULL,
  population_id {{uuid}},
  external_id_key {{text}},
  is_dynamic BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX user_group_name ON user_group (env, name_key, scope_id);
CREATE INDEX user_group_created ON user_group (env, created_at, id);
CREATE INDEX user_group_population ON user_group (env, population_id) WHERE population_id IS NOT NULL;
CREATE INDEX user_group_external_id ON user_group (env, external_id_key) WHERE external_id_key IS NOT NULL;
CREATE INDEX user_group_dynamic ON user_group (env) WHERE is_dynamic = 1;

CREATE TABLE group_membership (
  env {{uuid}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  group_id {{uuid}} NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (env, user_id, group_id)
);
CREATE INDEX group_membership_of_group ON group_membership (env, group_id, user_id);

CREATE TABLE group_nesting (
  env {{uuid}} NOT NULL,
  group_id {{uuid}} NOT NULL,
  parent_id {{uuid}} NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (env, group_id, parent_id)
);
CREATE INDEX group_nesting_of_parent ON group_nesting (env, parent_id, group_id);

-- Roles that administrators made.
CREATE TABLE custom_role (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX custom_role_name ON custom_role (env, name_key);

-- Attributes that environments add to their users, and those of their values that no two users may share.
CREATE TABLE schema_attribute (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  schema_id {{uuid}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX schema_attribute_name ON schema_attribute (env, name_key);

CREATE TABLE unique_attribute (
  env {{uuid}} NOT NULL,
  attribute_id {{uuid}} NOT NULL,
  value_key {{text}} NOT NULL,
  user_id {{uuid}} NOT NULL,
  PRIMARY KEY (env, attribute_id, value_key)
);
CREATE INDEX unique_attribute_of_user ON unique_attribute (env, user_id);

-- Notification policies.
CREATE TABLE notification_policy (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX notification_policy_name ON notification_policy (env, name_key);
CREATE UNIQUE INDEX notification_policy_default ON notification_policy (env) WHERE is_default = 1;

-- What people see and agree to, and who hears of events.
CREATE TABLE branding_settings (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE recaptcha_configuration (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE image (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE subscription (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE alert_channel (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE theme (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX theme_default ON theme (env) WHERE is_default = 1;

CREATE TABLE form (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX form_name ON form (env, name_key);

CREATE TABLE agreement (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX agreement_name ON agreement (env, name_key);

CREATE TABLE language (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  locale_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX language_locale ON language (env, locale_key);
CREATE UNIQUE INDEX language_default ON language (env) WHERE is_default = 1;

CREATE TABLE translations (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  locale_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX translations_locale ON translations (env, locale_key);

CREATE TABLE language_status (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  language_id {{uuid}} NOT NULL,
  service_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX language_status_service ON language_status (env, language_id, service_key);

CREATE TABLE agreement_language (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  agreement_id {{uuid}} NOT NULL,
  locale_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX agreement_language_locale ON agreement_language (env, agreement_id, locale_key);

CREATE TABLE agreement_revision (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  agreement_id {{uuid}} NOT NULL,
  language_id {{uuid}} NOT NULL,
  effective_at BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX agreement_revision_agreement ON agreement_revision (env, agreement_id);
CREATE UNIQUE INDEX agreement_revision_effective ON agreement_revision (env, language_id, effective_at);

CREATE TABLE image_bytes (
  env {{uuid}} NOT NULL,
  image_id {{uuid}} NOT NULL,
  bytes {{bytes}} NOT NULL,
  PRIMARY KEY (env, image_id)
);

-- Applications of protocols that are kept.
ALTER TABLE application ADD COLUMN sp_entity_id {{text}};
CREATE UNIQUE INDEX application_entity ON application (env, sp_entity_id) WHERE sp_entity_id IS NOT NULL;

-- Keys with certificates, certificates of others, and the policies by which signing keys are rotated.
CREATE TABLE key_pair (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  usage_type {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX key_pair_default ON key_pair (env, usage_type) WHERE is_default = 1;

CREATE TABLE trusted_certificate (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  usage_type {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);

CREATE TABLE key_rotation_policy (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  is_default BIGINT NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX key_rotation_policy_name ON key_rotation_policy (env, name_key);

ALTER TABLE signing_key ADD COLUMN policy {{uuid}};
ALTER TABLE signing_key ADD COLUMN certificate {{text}};
CREATE INDEX signing_key_of_policy ON signing_key (env, policy, active_from) WHERE policy IS NOT NULL;

-- Other places where people have accounts.
CREATE TABLE identity_provider (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX identity_provider_name ON identity_provider (env, name_key);

CREATE TABLE identity_provider_attribute (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  identity_provider_id {{uuid}} NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX identity_provider_attribute_name
  ON identity_provider_attribute (env, identity_provider_id, name_key);

CREATE TABLE population_provider (
  env {{uuid}} NOT NULL,
  population_id {{uuid}} NOT NULL,
  provider_id {{uuid}} NOT NULL,
  PRIMARY KEY (env, population_id)
);

-- Gateways to places behind a firewall.
CREATE TABLE gateway (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name_key {{text}} NOT NULL,
  type {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX gateway_name ON gateway (env, name_key);

CREATE TABLE gateway_credential (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  gateway_id {{uuid}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE INDEX gateway_credential_of_gateway ON gateway_credential (env, gateway_id, created_at);

-- Parts of APIs, and addresses that no rate limit counts.
CREATE TABLE application_resource (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  resource_id {{uuid}} NOT NULL,
  name_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX application_resource_name ON application_resource (env, resource_id, name_key);

CREATE TABLE rate_limit_ip (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  value_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX rate_limit_ip_value ON rate_limit_ip (env, value_key);

-- Domains of pages and of mails, as administrators wish them.
CREATE TABLE custom_domain (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  domain_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX custom_domain_domain ON custom_domain (env, domain_key);

CREATE TABLE email_domain (
  env {{uuid}} NOT NULL,
  id {{uuid}} NOT NULL,
  rev BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  domain_key {{text}} NOT NULL,
  body {{text}} NOT NULL,
  PRIMARY KEY (env, id)
);
CREATE UNIQUE INDEX email_domain_domain ON email_domain (env, domain_key);
