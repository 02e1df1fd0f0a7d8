use harness::stack::Stack;
use serde_json::json;

const PROFILE: &str = "/api/user/profile";

#[tokio::test(flavor = "multi_thread")]
async fn the_context_has_the_notes_of_the_golden_file() {
    const GOLDEN: &str =
        include_str!("../../../../../shared/tests/golden/personalization_notes.txt");
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let mut notes = GOLDEN.lines();
    for level in ["beginner", "intermediate", "advanced"] {
        for hardware in ["robotics", "embedded systems", "none", "other"] {
            let body = json!({ "software_level": level, "hardware_background": hardware });
            user.put(PROFILE).json(&body).await;
            let context = user.get("/api/personalization/context").await;
            let expected = json!({ "user_context": {
                "software_level": level, "hardware_background": hardware,
                "personalization_notes": notes.next().unwrap(),
            } });
            assert_eq!((context.status, context.json()), (200, expected));
        }
    }
    user.delete(PROFILE).await;
    let context = user.get("/api/personalization/context").await;
    let expected = json!({ "user_context": {
        "software_level": null, "hardware_background": null,
        "personalization_notes": notes.next().unwrap(),
    } });
    assert_eq!((context.status, context.json()), (200, expected));
    assert_eq!(notes.next(), None);
}
