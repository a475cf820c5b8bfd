//! TOTP devices: the client sends nothing but the type. The server makes the key, and the user proves it.
