use e2e::{User, ids_as_text, whole_list};
use harness::proxy::{Effect, Rule};
use harness::stack::{Response, Stack};
use serde_json::{Value, json};

const PATH: &str = "/api/personalization/interactions";

async fn log(user: &User, body: &Value) -> Response {
    user.post(PATH).json(body).await
}

async fn rate(user: &User, id: &str, rating: &str) -> Response {
    let body = format!("{{\"personalization_effectiveness\":{rating}}}");
    let request = user.put(&format!("{PATH}/{id}/rating"));
    request.header("content-type", "application/json").body(body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_keeps_the_background_of_its_time() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let first = log(&user, &json!({ "content_type": "translation" })).await;
    assert_eq!(first.status, 201);
    let background = json!({ "software_level": "beginner", "hardware_background": "robotics", "notes_version": 1 });
    assert_eq!(first.json()["background_used"], background);
    assert_eq!(first.json()["personalization_effectiveness"], Value::Null);
    let body = json!({ "software_level": "advanced", "hardware_background": "none" });
    user.put("/api/user/profile").json(&body).await;
    let rated = json!({ "content_type": "chat", "personalization_effectiveness": 2.5 });
    let second = log(&user, &rated).await;
    assert_eq!(second.json()["background_used"]["software_level"], "advanced");
    assert_eq!(second.json()["personalization_effectiveness"], 2.5);
    user.delete("/api/user/profile").await;
    let third = log(&user, &json!({ "content_type": "chat" })).await;
    let nobody = json!({ "software_level": null, "hardware_background": null, "notes_version": 1 });
    assert_eq!(third.json()["background_used"], nobody);

    let (all, _) = whole_list(&user, PATH, "interactions").await;
    assert_eq!(ids_as_text(&all), [third.field("id"), second.field("id"), first.field("id")]);
    assert_eq!(all[2]["background_used"], background, "as it was then");
}

#[tokio::test(flavor = "multi_thread")]
async fn interactions_are_paged_and_filtered_in_both_orders() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let mut made = Vec::new();
    for number in 0..9 {
        let kind = if number % 3 == 0 { "translation" } else { "chat" };
        made.push(log(&user, &json!({ "content_type": kind })).await.field("id"));
    }
    for (query, expected) in [
        ("order=asc", made.clone()),
        ("order=desc", made.iter().rev().cloned().collect()),
        ("order=asc&content_type=translation", [0, 3, 6].map(|n| made[n].clone()).into()),
        ("content_type=review", Vec::new()),
    ] {
        for limit in [1, 2, 3, 9, 50] {
            let path = format!("{PATH}?{query}&limit={limit}");
            let (found, _) = whole_list(&user, &path, "interactions").await;
            assert_eq!(ids_as_text(&found), expected, "{path}");
        }
    }
    let bad = user.get(&format!("{PATH}?content_type=Chat"));
    assert_eq!(bad.await.code(), "INVALID_QUERY");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_36_60_ratings_are_0_to_5_of_ones_own_interactions() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let stranger = stack.sign_up("eve").await;
    let id = log(&user, &json!({ "content_type": "chat" })).await.field("id");
    for rating in ["0", "5", "2.5"] {
        let response = rate(&user, &id, rating).await;
        assert_eq!(response.status, 200, "{}", response.text());
        let expected: f64 = rating.parse().unwrap();
        assert_eq!(response.json()["personalization_effectiveness"], expected);
    }
    for rating in ["-1", "6", "5.01", "\"5\"", "null", "[1]", "{}"] {
        assert_eq!(rate(&user, &id, rating).await.status, 422, "{rating}");
    }
    for rating in ["1e400", "NaN", "Infinity"] {
        assert_eq!(rate(&user, &id, rating).await.status, 400, "{rating}");
    }
    let unknown = "019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071";
    for (user, id) in [(&stranger, id.as_str()), (&user, unknown), (&user, "1"), (&user, "x")] {
        let response = rate(user, id, "1").await;
        assert_eq!((response.status, response.code().as_str()), (404, "INTERACTION_NOT_FOUND"));
    }
    let (own, _) = whole_list(&user, PATH, "interactions").await;
    assert_eq!(own[0]["personalization_effectiveness"], 2.5, "refused ratings changed nothing");
    for field in ["id", "user_id", "timestamp", "background_used", "pk"] {
        let body = json!({ "content_type": "chat", field: "x" });
        assert_eq!(log(&user, &body).await.status, 422, "{field}");
    }
    let (theirs, _) = whole_list(&stranger, PATH, "interactions").await;
    assert_eq!(theirs, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_logs_one_interaction() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let send = |kind: &'static str| {
        let request = user.post(PATH).header("idempotency-key", "k");
        request.json(&json!({ "content_type": kind })).send()
    };
    let (first, second) = (send("chat").await, send("chat").await);
    assert_eq!((first.status, first.json()), (201, second.json()));
    assert_eq!(send("review").await.code(), "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(whole_list(&user, PATH, "interactions").await.0.len(), 1);
}

/// The table refuses numbers closer to zero than 1e-130.
#[tokio::test(flavor = "multi_thread")]
async fn b4_a_rating_has_at_most_two_decimals() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let id = log(&user, &json!({ "content_type": "chat" })).await.field("id");
    for rating in ["1e-131", "5e-324", "0.001", "2.555", "4.999999999999999"] {
        let response = rate(&user, &id, rating).await;
        assert_eq!(response.status, 422, "{rating}: {}", response.text());
        let errors = json!([{ "pointer": "/personalization_effectiveness", "detail": "must have at most two decimals" }]);
        assert_eq!(response.json()["errors"], errors);
        let body =
            format!("{{\"content_type\":\"chat\",\"personalization_effectiveness\":{rating}}}");
        let request = user.post(PATH).header("content-type", "application/json").body(body);
        assert_eq!(request.await.status, 422, "{rating}");
    }
    for (rating, read) in
        [("0.01", 0.01), ("4.99", 4.99), ("-0.0", 0.0), ("3.10", 3.1), ("25e-1", 2.5)]
    {
        let response = rate(&user, &id, rating).await;
        assert_eq!(
            (response.status, &response.json()["personalization_effectiveness"]),
            (200, &json!(read)),
            "{rating}"
        );
    }
}

/// The SDK writes again when a response is lost. What has happened to the interaction since stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_write_undoes_no_rating() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.warm(&["create-interaction", "rate-interaction"]).await.unwrap();
    let put = |effect| Rule::new(effect).function("create-interaction").operation("PutItem");
    let _lost = stack.proxy.inject(put(Effect::LostResponse));
    let again = stack.proxy.inject(put(Effect::HoldBefore));
    let body = json!({ "content_type": "chat" });
    let (made, ()) = tokio::join!(log(&user, &body), async {
        again.reached(1).await.unwrap();
        let (listed, _) = whole_list(&user, PATH, "interactions").await;
        assert_eq!(rate(&user, &ids_as_text(&listed)[0], "4").await.status, 200);
        again.release();
    });
    assert_eq!(made.status, 201);
    let (listed, _) = whole_list(&user, PATH, "interactions").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["personalization_effectiveness"], 4.0);
}
