//! Sign-outs in Valkey: a sorted set by when they were kept, in microseconds on its clock.

use std::time::Duration;

use futures_util::FutureExt;

use super::ValkeyStore;
use super::call::Call;
use super::reply::Reply;
use super::rooms::millis;
use super::scripts;
use crate::auth::{MOST_SIGN_OUTS, SESSION_LIFE};
use crate::cluster::{Answer, NewSignOuts, SIGN_OUTS_AT_ONCE, SignOut, SignOuts, Unavailable};

/// Read again each time: after a failover the clock is another one.
const OVERLAP: Duration = Duration::from_secs(5);

impl SignOuts for ValkeyStore {
    fn sign_out(&self, outs: Vec<SignOut>) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let mut call = Call::script(&scripts::SIGN_OUT)
                .key(store.valkey.keys().sign_outs())
                .number(millis(SESSION_LIFE + OVERLAP))
                .number(MOST_SIGN_OUTS as u64);
            for out in outs {
                let text = serde_json::to_string(&out).map_err(|e| Unavailable(e.to_string()))?;
                call = call.arg(text);
            }
            store.valkey.run_durably(call).await.map(drop)
        }
        .boxed()
    }

    fn new_sign_outs(&self, from: u64) -> Answer<NewSignOuts, Unavailable> {
        let store = self.clone();
        async move {
            let call = Call::script(&scripts::NEW_SIGN_OUTS)
                .key(store.valkey.keys().sign_outs())
                .number(from)
                .number(SIGN_OUTS_AT_ONCE as u64);
            let mut reply = Reply::some("new_sign_outs", store.valkey.run(call).await?)?;
            let (now, all): (u64, u64) = (reply.parse("time")?, reply.parse("number")?);
            let (mut outs, mut last, mut found) = (Vec::new(), from, 0);
            while reply.left() > 0 {
                let text = reply.text("sign-out")?;
                last = reply.parse("score")?;
                found += 1;
                // What no version of this program has written signs nobody out.
                outs.extend(serde_json::from_str::<SignOut>(&text).ok());
            }
            let more = found == SIGN_OUTS_AT_ONCE;
            let overlap = millis(OVERLAP) * 1000;
            let next = if more { last } else { now.saturating_sub(overlap) };
            Ok(NewSignOuts { outs, next, more, empty: all == 0 })
        }
        .boxed()
    }
}
