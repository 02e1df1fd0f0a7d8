use crate::model::Quota;

/// What a user is told when a quota is used up. It says nothing of what others have used.
pub(super) fn detail(quota: Quota) -> &'static str {
    match quota {
        Quota::User => "The quota for today is used up. The next day begins at 00:00 UTC.",
        Quota::Unverified => {
            "The quota for today of users without a verified address is used up. Verify the \
             address, or wait: the next day begins at 00:00 UTC."
        }
        Quota::Stack => {
            "The quota for today of this service is used up. The next day begins at 00:00 UTC."
        }
    }
}
