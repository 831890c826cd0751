//! What is spoken with a credential provider: a line of JSON each way, after its greeting. Specified in the Cargo book,
//! "Credential Provider Protocol".

use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// The version that is spoken here.
pub const VERSION: u32 = 1;

/// The first line of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Hello {
    /// The versions that it speaks.
    pub v: Vec<u32>,
}

/// What is asked of it.
#[derive(Clone, Debug, Serialize)]
pub struct Request<'a> {
    v: u32,
    registry: Registry<'a>,
    #[serde(flatten)]
    action: &'a Action,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    args: &'a [String],
}

/// The registry that it is about.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Registry<'a> {
    /// URL of its index.
    pub index_url: &'a str,
    /// Its name in configuration, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The headers of the answer that said that a token is wanted.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub headers: &'a [String],
}

/// What is to be done.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Action {
    /// Give a token.
    Get(Operation),
    /// Keep a token.
    Login(Login),
    /// Forget the token.
    Logout,
}

/// What a token is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "operation", rename_all = "kebab-case")]
pub enum Operation {
    /// To read the index, to download, to search.
    Read,
}

/// What is known about the token to keep.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Login {
    /// The token, if the user gave one already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// Where the user can get one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_url: Option<String>,
}

impl Action {
    /// Its name, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Get(_) => "get",
            Self::Login(_) => "login",
            Self::Logout => "logout",
        }
    }
}

/// What a provider answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub enum Answer {
    /// It did what it was asked.
    Ok(Response),
    /// It did not.
    Err(Failure),
}

/// What it did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Response {
    /// It gives a token.
    Get {
        /// The token.
        token: Secret,
        /// How long it may be used again.
        #[serde(flatten)]
        cache: Cache,
        /// Whether it may be used for other operations than the one that was asked about.
        operation_independent: bool,
    },
    /// It has kept the token.
    Login,
    /// It has forgotten the token.
    Logout,
    /// Something that is not known here.
    #[serde(other)]
    Unknown,
}

/// How long a token may be used again without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "cache", rename_all = "kebab-case")]
pub enum Cache {
    /// Not at all.
    Never,
    /// Until this second since 1970.
    Expires {
        /// Seconds.
        expiration: i64,
    },
    /// As long as the command runs.
    Session,
    /// Something that is not known here: as if not at all.
    #[serde(other)]
    Unknown,
}

/// Why a provider did not do it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Failure {
    /// It knows nothing of this registry: another provider may.
    UrlNotSupported,
    /// It has no token for it: another provider may.
    NotFound,
    /// It cannot do such things.
    OperationNotSupported,
    /// It says what went wrong.
    #[serde(rename_all = "kebab-case")]
    Other {
        /// What went wrong.
        message: String,
        /// Why, innermost last.
        #[serde(default)]
        caused_by: Vec<String>,
    },
    /// Something that is not known here.
    #[serde(other)]
    Unknown,
}

impl<'a> Request<'a> {
    /// A request, in the version that is spoken here.
    pub fn new(registry: Registry<'a>, action: &'a Action, args: &'a [String]) -> Self {
        Self { v: VERSION, registry, action, args }
    }

    /// One line, without its end. It may hold a token.
    ///
    /// # Errors
    /// None that can be met: all is text.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// Reads the greeting.
///
/// # Errors
/// It is none.
pub fn parse_hello(line: &[u8]) -> Result<Hello, serde_json::Error> {
    serde_json::from_slice(line)
}

/// Reads the answer.
///
/// # Errors
/// It is none.
pub fn parse_answer(line: &[u8]) -> Result<Answer, serde_json::Error> {
    serde_json::from_slice(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(action: &Action, name: Option<&str>, headers: &[String], args: &[String]) -> String {
        Request::new(Registry { index_url: "u", name, headers }, action, args).to_line().expect("text")
    }

    /// As the real cargo was seen to write them.
    #[test]
    fn requests_are_those_of_cargo() {
        let headers = ["A: b".to_owned()];
        let args = ["x".to_owned()];
        assert_eq!(
            line(&Action::Get(Operation::Read), Some("alt"), &headers, &args),
            r#"{"v":1,"registry":{"index-url":"u","name":"alt","headers":["A: b"]},"kind":"get","operation":"read","args":["x"]}"#
        );
        let login = Login { token: Some(Secret::new("t")), login_url: Some("l".to_owned()) };
        assert_eq!(
            line(&Action::Login(login), None, &[], &[]),
            r#"{"v":1,"registry":{"index-url":"u"},"kind":"login","token":"t","login-url":"l"}"#
        );
        assert_eq!(
            line(&Action::Logout, Some("alt"), &[], &[]),
            r#"{"v":1,"registry":{"index-url":"u","name":"alt"},"kind":"logout"}"#
        );
    }

    #[test]
    fn answers_are_read_also_of_newer_providers() {
        let read = |text: &str| parse_answer(text.as_bytes()).expect("reads");
        let get = r#"{"Ok":{"kind":"get","token":"t","cache":"expires","expiration":7,"operation_independent":false,"more":1}}"#;
        let Answer::Ok(Response::Get { token, cache, operation_independent: false }) = read(get) else {
            panic!("is a token")
        };
        assert_eq!((token.expose(), cache), ("t", Cache::Expires { expiration: 7 }));
        assert!(!format!("{:?}", read(get)).contains("\"t\""));
        let odd = r#"{"Ok":{"kind":"get","token":"t","cache":"odd","operation_independent":true}}"#;
        assert!(matches!(read(odd), Answer::Ok(Response::Get { cache: Cache::Unknown, .. })));
        assert_eq!(read(r#"{"Ok":{"kind":"logout"}}"#), Answer::Ok(Response::Logout));
        assert_eq!(read(r#"{"Ok":{"kind":"odd"}}"#), Answer::Ok(Response::Unknown));
        assert_eq!(read(r#"{"Err":{"kind":"not-found"}}"#), Answer::Err(Failure::NotFound));
        assert_eq!(read(r#"{"Err":{"kind":"odd"}}"#), Answer::Err(Failure::Unknown));
        assert_eq!(
            read(r#"{"Err":{"kind":"other","message":"m","caused-by":["c"]}}"#),
            Answer::Err(Failure::Other { message: "m".to_owned(), caused_by: vec!["c".to_owned()] })
        );
        assert!(parse_answer(b"").is_err() && parse_hello(b"{}").is_err());
    }
}
