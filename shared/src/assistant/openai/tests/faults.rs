//! Servers that fail.

use super::*;

/// The text of a reply by this script, and the error that ends it.
async fn failure(script: Vec<Step>) -> (String, AssistantError) {
    let (text, error, _) = billed(script).await;
    (text, error)
}

/// The same, and whether it may be billed.
async fn billed(script: Vec<Step>) -> (String, AssistantError, bool) {
    let server = Server::start(vec![script]).await;
    let (deltas, ending, usage) = ask_metered(&at(&server), &prompt("What is it?")).await;
    let error = ending.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(KEY));
    (deltas.concat(), error, usage.is_some())
}

#[tokio::test]
async fn errors_before_the_reply() {
    let error = json!({"error": {"message": format!("no: {KEY}"), "code": "c", "type": "t"}});
    for (status, expected) in [
        ("401 Unauthorized", "the assistant refused the request: HTTP 401 c: no: (the key)"),
        ("404 Not Found", "the assistant refused the request: HTTP 404 c: no: (the key)"),
        ("429 Too Many Requests", "the assistant is too busy: HTTP 429 c: no: (the key)"),
        ("500 Internal Server Error", "the assistant failed: HTTP 500 c: no: (the key)"),
        ("302 Found", "the assistant refused the request: HTTP 302 c: no: (the key)"),
    ] {
        assert_eq!(failure(whole(status, &error)).await.1.to_string(), expected);
    }
}

#[tokio::test]
async fn an_error_in_mid_stream() {
    for error in [
        event(&json!({"error": {"message": "overloaded", "type": "server_error"}})),
        event(&json!({"error": "overloaded"})),
    ] {
        let (text, error) = failure(streamed(&[says("Hal"), error, done()])).await;
        assert_eq!(text, "Hal");
        assert!(
            matches!(&error, AssistantError::Failed(why) if why.contains("overloaded")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_cut_stream() {
    let head = chunked("200 OK", "text/event-stream");
    let cut_in_event = vec![head.clone(), chunk(&says("Hal")), chunk(b"data: {\"cho"), Step::Cut];
    let cut_between = vec![head.clone(), chunk(&says("Hal")), Step::Cut];
    // A proxy that loses its server may end the response as if it were complete.
    let ended = streamed(&[says("Hal")]);
    for script in [cut_in_event, cut_between, ended] {
        let (text, error) = failure(script).await;
        assert_eq!(text, "Hal");
        assert!(matches!(error, AssistantError::Broken(_)), "{error}");
    }
    // The endpoint took the request: it may bill it.
    let (_, error, is_billed) = billed(vec![head, Step::Cut]).await;
    assert!(matches!(error, AssistantError::Broken(_)) && is_billed);
    // An idle connection that was closed looks like this.
    let (_, error, is_billed) = billed(vec![Step::Cut]).await;
    assert!(matches!(error, AssistantError::Unreachable(_)), "{error}");
    assert!(error.may_pass() && !is_billed);
    let (_, error, is_billed) = billed(vec![Step::Pause(1_200), Step::Cut]).await;
    assert!(matches!(error, AssistantError::Unreachable(_)) && is_billed, "{error}");
}

#[tokio::test]
async fn a_cut_after_the_end_does_no_harm() {
    let head = chunked("200 OK", "text/event-stream");
    let script = vec![head, chunk(&says("a")), chunk(&ends("stop")), Step::Cut];
    let server = Server::start(vec![script]).await;
    let (deltas, ending) = ask(&at(&server), &prompt("?")).await;
    assert_eq!(deltas, ["a",][..]);
    assert_eq!(ending.unwrap().finish, Finish::Stop);
}

#[tokio::test]
async fn nonsense() {
    let html = vec![chunked("200 OK", "text/html"), chunk(b"<html>Welcome!</html>"), chunk(b"")];
    let odd = |data: &str| streamed(&[format!("data: {data}\n\n").into_bytes(), done()]);
    // What is no stream of events is nothing that a model made.
    for (script, expected) in [
        (html, false),
        (odd("Welcome!"), true),
        (odd("{\"a\": 1}"), true),
        (odd("{not json"), true),
        (whole("200 OK", &json!({"hello": "world"})), false),
        (vec![Step::Send(b"SSH-2.0-OpenSSH_9\r\n\r\n".to_vec()), Step::Cut], false),
    ] {
        let (text, error, is_billed) = billed(script).await;
        assert_eq!((text.as_str(), is_billed), ("", expected), "{error}");
        let is_known = matches!(error, AssistantError::Broken(_) | AssistantError::Unreachable(_));
        assert!(is_known, "{error}");
    }
}

#[tokio::test]
async fn nobody_there() {
    let port =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let assistant = OpenAi::new(config(format!("http://127.0.0.1:{port}")));
    let error = ask(&assistant, &prompt("?")).await.1.unwrap_err();
    assert!(
        matches!(&error, AssistantError::Unreachable(why) if why.contains("(Connect)") && why.contains("refused")),
        "{error}"
    );
}
