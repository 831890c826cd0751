//! Runs `git http-backend` for one request, as a web server does: the request as variables (RFC 3875) and standard
//! input, the answer from its standard output.

use std::io::{Seek, Write};
use std::path::Path;
use std::process::Stdio;

use super::http::{HttpRequest, HttpResponse};
use crate::git::git_command;

/// Answers from the repositories in `root`.
pub(super) fn git_http_backend(root: &Path, request: &HttpRequest) -> HttpResponse {
    let mut body = tempfile::tempfile().expect("a temporary file");
    body.write_all(&request.body).expect("write the request");
    body.rewind().expect("rewind the request");
    let header = |name: &str| request.header(name).unwrap_or_default();
    let output = git_command(root)
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("HTTP_GIT_PROTOCOL", header("git-protocol"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::from(body))
        .stderr(Stdio::null())
        .output()
        .expect("git http-backend can be started");
    response_of(&output.stdout)
}

fn response_of(answer: &[u8]) -> HttpResponse {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return HttpResponse::new(500, "git http-backend gave no answer\n");
    };
    let (head, body) = (&answer[..end], &answer[end + 4..]);
    let mut response = HttpResponse::new(200, body);
    for line in String::from_utf8_lossy(head).lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        if name == "Status" {
            response.status = value.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(500);
        } else {
            response.headers.push((name.into(), value.into()));
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_an_answer_is_a_header() {
        let response = response_of(b"Status: 404 Not Found\r\nExpires: never\r\n\r\n");
        assert_eq!((response.status, response.body.len()), (404, 0));
        assert_eq!(response.headers, [("Expires".to_owned(), "never".to_owned())]);
        assert_eq!(response_of(b"Expires: never\r\n\r\n0001").body, b"0001");
        assert_eq!(response_of(b"").status, 500);
    }
}
