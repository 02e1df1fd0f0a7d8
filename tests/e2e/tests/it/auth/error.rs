use harness::stack::Stack;

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_shown_as_text_and_leads_nowhere() {
    let stack = Stack::start().await;
    for (query, shown, hidden) in [
        ("?error=state_not_found", "Error: state_not_found", "<script"),
        ("?error=%3Cscript%3E", "Error: UNKNOWN", "<script"),
        ("?error=", "Error: UNKNOWN", "<script"),
        ("", "Error: UNKNOWN", "<script"),
        ("?error=a&callbackURL=https://evil.example/", "Error: a", "evil"),
        (
            "?error=A-b_1&error_description=%3Cimg%20src%3Dx%3E%22%27%26&other=1",
            "&lt;img src=x&gt;&quot;&#39;&amp;",
            "<img",
        ),
    ] {
        let page = stack.get(&format!("/api/auth/error{query}")).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
        let html = page.text();
        assert!(html.contains(shown) && !html.contains(hidden), "{query}: {html}");
        assert!(!html.contains("href") && !html.contains("http-equiv"), "it leads nowhere");
        assert_eq!(page.header("location"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_leads_back_to_the_application_and_nowhere_else() {
    let trusted = "myapp://,https://*.example.com,https://app.example.com,https://b.example.com";
    let stack = Stack::builder().parameter("TrustedOrigins", trusted).start().await.unwrap();
    let page = stack.get("/api/auth/error?error=state_mismatch&callbackURL=https://evil.example/");
    let html = page.await.text();
    assert!(html.contains("href=\"https://app.example.com/\""), "{html}");
    assert_eq!(html.matches("href").count(), 1, "{html}");
    assert!(!html.contains("evil"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_of_an_error_is_shown_than_fits_a_page() {
    let stack = Stack::start().await;
    let shown = async |code: usize, description: usize| {
        let (code, description) = ("c".repeat(code), "d".repeat(description));
        let path = format!("/api/auth/error?error={code}&error_description={description}");
        let page = stack.get(&path).await;
        assert_eq!(page.status, 200);
        let html = page.text();
        (html.contains(&format!("<p>Error: {code}</p>")), html.contains("Error: UNKNOWN"), html)
    };
    let (is_there, is_unknown, html) = shown(100, 500).await;
    assert!(is_there && !is_unknown && html.contains(&format!("<p>{}</p>", "d".repeat(500))));
    let (is_there, is_unknown, html) = shown(101, 600).await;
    assert!(!is_there && is_unknown, "{html}");
    assert!(html.contains(&format!("<p>{}</p>", "d".repeat(500))), "it is cut: {html}");
}
