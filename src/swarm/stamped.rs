//! A TCP stream that knows when the kernel had what was read last.
//!
//! A load shares its processor with other loads, and reads late when it is busy. What is measured is to be
//! the server, so the kernel says when a segment came (`SO_TIMESTAMPNS`, socket(7)). Where it cannot, the
//! moment of reading has to do. Of what is read together, the last to come counts.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// What is older was not read late: the clock was set.
const LATEST: Duration = Duration::from_secs(10);

/// A stream, and when the newest byte that was read from it came.
#[derive(Debug)]
pub(super) struct Stamped {
    tcp: TcpStream,
    arrived: Instant,
}

impl Stamped {
    /// Asks the kernel for times.
    pub(super) fn new(tcp: TcpStream) -> Self {
        kernel::ask(&tcp);
        Self { tcp, arrived: Instant::now() }
    }

    /// When what was read last had come.
    pub(super) fn arrived(&self) -> Instant {
        self.arrived
    }

    pub(super) fn into_tcp(self) -> TcpStream {
        self.tcp
    }
}

impl AsyncRead for Stamped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.tcp.poll_read_ready(cx))?;
            let read = || kernel::read(&self.tcp, buffer);
            match self.tcp.try_io(Interest::READABLE, read) {
                Ok(stamp) => {
                    // Never back, should the clock on the wall be set.
                    self.arrived = on_our_clock(stamp).max(self.arrived);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Stamped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

/// The kernel stamps with the clock on the wall. A connection's end has no stamp.
fn on_our_clock(stamp: Option<SystemTime>) -> Instant {
    let now = Instant::now();
    let age = stamp.and_then(|stamp| SystemTime::now().duration_since(stamp).ok());
    age.filter(|age| *age < LATEST).and_then(|age| now.checked_sub(age)).unwrap_or(now)
}

#[cfg(target_os = "linux")]
mod kernel {
    use std::io::{self, IoSliceMut};
    use std::os::fd::AsRawFd;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use nix::sys::socket::sockopt::ReceiveTimestampns;
    use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt};
    use nix::sys::time::TimeSpec;
    use tokio::io::ReadBuf;
    use tokio::net::TcpStream;

    pub(super) fn ask(tcp: &TcpStream) {
        if let Err(error) = setsockopt(tcp, ReceiveTimestampns, &true) {
            tracing::debug!(%error, "the kernel tells no times");
        }
    }

    pub(super) fn read(
        tcp: &TcpStream,
        buffer: &mut ReadBuf<'_>,
    ) -> io::Result<Option<SystemTime>> {
        let mut control = nix::cmsg_space!(TimeSpec);
        let mut parts = [IoSliceMut::new(buffer.initialize_unfilled())];
        let flags = MsgFlags::empty();
        let message = recvmsg::<()>(tcp.as_raw_fd(), &mut parts, Some(&mut control), flags)?;
        let stamp = message.cmsgs()?.find_map(|said| match said {
            ControlMessageOwned::ScmTimestampns(at) => Some(UNIX_EPOCH + Duration::from(at)),
            _ => None,
        });
        let bytes = message.bytes;
        buffer.advance(bytes);
        Ok(stamp)
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use std::io;
    use std::time::SystemTime;

    use tokio::io::ReadBuf;
    use tokio::net::TcpStream;

    pub(super) fn ask(_: &TcpStream) {}

    pub(super) fn read(
        tcp: &TcpStream,
        buffer: &mut ReadBuf<'_>,
    ) -> io::Result<Option<SystemTime>> {
        let bytes = tcp.try_read(buffer.initialize_unfilled())?;
        buffer.advance(bytes);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Stamped, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap());
        let (ours, theirs) = tokio::join!(ours, listener.accept());
        (Stamped::new(ours.unwrap()), theirs.unwrap().0)
    }

    #[tokio::test]
    #[cfg(target_os = "linux")]
    async fn what_is_read_late_has_the_time_at_which_it_came() {
        let (mut ours, mut theirs) = pair().await;
        // The kernel begins to stamp a moment after it was asked: what comes first may have no time.
        let (mut early, mut read, mut late) = (Instant::now(), [0; 1], Instant::now());
        for _ in 0..100 {
            early = Instant::now();
            theirs.write_all(b"a").await.unwrap();
            ours.tcp.readable().await.unwrap();
            let came = Instant::now();
            while came.elapsed() < Duration::from_millis(20) {
                std::hint::spin_loop();
            }
            late = Instant::now();
            ours.read_exact(&mut read).await.unwrap();
            if ours.arrived() < late {
                break;
            }
        }
        assert!(ours.arrived() >= early - Duration::from_millis(1), "not before it was sent");
        assert!(ours.arrived() < late, "nor when it was read");
    }

    #[tokio::test]
    async fn everything_is_read_and_the_end_is_one() {
        let (mut ours, mut theirs) = pair().await;
        let sent: Vec<u8> = (0..100_000).map(|i| i as u8).collect();
        let (expected, mut read) = (sent.clone(), Vec::new());
        let writer = tokio::spawn(async move { theirs.write_all(&sent).await });
        ours.read_to_end(&mut read).await.unwrap();
        writer.await.unwrap().unwrap();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_time_that_cannot_be_is_not_believed() {
        let far = Duration::from_secs(3600);
        for stamp in [None, SystemTime::now().checked_add(far), SystemTime::now().checked_sub(far)]
        {
            let before = Instant::now();
            assert!(on_our_clock(stamp) >= before, "{stamp:?}");
        }
        let now = Instant::now();
        let second = Duration::from_secs(1);
        assert!(on_our_clock(SystemTime::now().checked_sub(second)) < now);
    }
}
