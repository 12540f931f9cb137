//! What every store of sign-outs must do.

use super::Side;
use crate::cluster::{SIGN_OUTS_AT_ONCE, SignOut, SignOuts};
use crate::ids::{PlayerId, SessionId};
use crate::wall_clock;

fn out() -> SignOut {
    let at = wall_clock::millis() / 1000;
    let session = Some(SessionId::random());
    SignOut { player: PlayerId::random(), session, at, until: at + 1000 }
}

/// All that is new from a place on, and the next place.
async fn read(store: &dyn SignOuts, mut from: u64) -> (Vec<SignOut>, u64) {
    let mut all = Vec::new();
    loop {
        let new = store.new_sign_outs(from).await.unwrap();
        assert!(new.outs.len() <= SIGN_OUTS_AT_ONCE);
        all.extend(new.outs);
        from = new.next;
        if !new.more {
            return (all, from);
        }
    }
}

pub(crate) async fn sign_outs_are_read_from_the_first_and_from_any_place(side: &impl Side) {
    let store = side.sign_outs();
    let everybody = SignOut { session: None, ..out() };
    store.sign_out(vec![out(), everybody]).await.unwrap();
    let (first, next) = read(store, 0).await;
    assert_eq!(first.len(), 2);
    assert!(first.contains(&everybody));
    let late = out();
    store.sign_out(vec![late]).await.unwrap();
    let (new, next) = read(store, next).await;
    assert!(new.contains(&late));
    let (new, _) = read(store, next).await;
    assert!(new.iter().all(|out| first.contains(out) || *out == late), "nothing is made up");
    assert_eq!(read(store, 0).await.0.len(), 3);
}

pub(crate) async fn a_sign_out_that_is_given_twice_is_there_once(side: &impl Side) {
    let store = side.sign_outs();
    let (one, everybody) = (out(), SignOut { session: None, ..out() });
    for _ in 0..3 {
        store.sign_out(vec![one, everybody]).await.unwrap();
    }
    store.sign_out(vec![out()]).await.unwrap();
    assert_eq!(read(store, 0).await.0.len(), 3);
}

pub(crate) async fn many_sign_outs_are_read_in_parts(side: &impl Side) {
    let store = side.sign_outs();
    let outs: Vec<_> = (0..SIGN_OUTS_AT_ONCE * 2 + 7).map(|_| out()).collect();
    for some in outs.chunks(SIGN_OUTS_AT_ONCE) {
        store.sign_out(some.to_vec()).await.unwrap();
    }
    let (mut read, _) = read(store, 0).await;
    let id = |out: &SignOut| out.session.map(SessionId::as_uuid);
    read.sort_by_key(id);
    read.dedup();
    let mut outs = outs;
    outs.sort_by_key(id);
    assert_eq!(read, outs);
}
