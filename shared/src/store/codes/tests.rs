use super::*;
use crate::model::MailJob;
use crate::store::item::Item;
use crate::store::last_three::tests::{at, job};
use crate::store::last_three::{LastThree, Mailed};
use proptest::prelude::*;

fn verdict(codes: &Codes, code: &str, now: Timestamp) -> CodeVerdict {
    codes.compare(now, |sealed, _| sealed == code)
}

/// The row after one more code.
fn mail(seen: Option<&Item>, sealed: &str, job: &MailJob, now: Timestamp) -> Item {
    let row = LastThree::codes(&job.to.hash(), CodePurpose::SignIn);
    let stored = StoredCode::new(sealed, now.plus(CodePurpose::LIFETIME));
    let stored = item::value(stored).unwrap();
    let mailed = Mailed { name: job.id.as_str(), job: &job.id, stored };
    row.with(seen, &mailed, now).unwrap().0
}

fn read(row: &Item) -> Codes {
    item::read(row.clone()).unwrap()
}

/// What happens to the codes of an address.
#[derive(Debug, Clone)]
enum Step {
    Mail,
    Wrong,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![Just(Step::Mail), Just(Step::Wrong), (1_i64..200_000).prop_map(Step::Wait)]
}

proptest! {
    /// A model that remembers of each code when it was mailed and how many wrong ones came since.
    #[test]
    fn the_last_three_are_valid_for_five_minutes_and_three_wrong_ones(
        steps in proptest::collection::vec(step(), 1..25)
    ) {
        let (mut row, mut now, mut mailed) = (None::<Item>, 0_i64, Vec::<(i64, u32)>::new());
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Mail => {
                    // No two are mailed in the same millisecond.
                    now += 1;
                    let sealed = format!("code {}", mailed.len());
                    row = Some(mail(row.as_ref(), &sealed, &job(), at(now)));
                    mailed.push((now, 0));
                }
                Step::Wrong => {
                    let Some(row) = &mut row else { continue };
                    let seen = read(row);
                    if verdict(&seen, "wrong", at(now)) == CodeVerdict::Wrong {
                        row.insert("codes".into(), item::value(seen.after_wrong().codes).unwrap());
                        for (_, wrong) in &mut mailed {
                            *wrong += 1;
                        }
                    }
                }
                Step::Wait(time) => now += time,
            }
            let Some(codes) = row.as_ref().map(read) else { continue };
            let is_live = |sent: i64| now < sent + 300_000;
            for (n, (sent, wrong)) in mailed.iter().enumerate() {
                let newer = mailed.len() - n - 1;
                let expected = newer < 3 && is_live(*sent) && *wrong < 3;
                let right = verdict(&codes, &format!("code {n}"), at(now)) == CodeVerdict::Right;
                prop_assert_eq!(right, expected, "step {}, code {}", number, n);
            }
            let newest = mailed.iter().rev().take(3);
            let (mut live, mut open) = (false, false);
            for (sent, wrong) in newest {
                live |= is_live(*sent);
                open |= is_live(*sent) && *wrong < 3;
            }
            let expected = match (live, open) {
                (false, _) => CodeVerdict::Expired,
                (true, false) => CodeVerdict::TooManyWrong,
                (true, true) => CodeVerdict::Wrong,
            };
            prop_assert_eq!(verdict(&codes, "wrong", at(now)), expected);
        }
    }
}

#[test]
fn a_repeated_job_replaces_its_own_code_and_no_other() {
    let jobs @ [_, repeated, _] = &[job(), job(), job()];
    let mut row = None;
    for (job, (sealed, now)) in jobs.iter().zip([("first", 0), ("second", 1), ("third", 2)]) {
        row = Some(mail(row.as_ref(), sealed, job, at(now)));
    }
    let codes = read(&mail(row.as_ref(), "second again", repeated, at(3)));
    let verdicts =
        ["first", "second", "third", "second again"].map(|code| verdict(&codes, code, at(4)));
    let (right, wrong) = (CodeVerdict::Right, CodeVerdict::Wrong);
    assert_eq!(verdicts, [right, wrong, right, right]);
    assert_eq!(verdict(&Codes::default(), "first", at(4)), wrong);
}
