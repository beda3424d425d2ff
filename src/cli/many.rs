//! Many jobs at once, each by itself: one that panics, or takes too long, is told as such and harms no other.

use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::Stop;

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended<T> {
    /// It returned.
    Returned(T),
    /// It panicked, saying this.
    Panicked(String),
    /// It was asked to stop when its time was over, and did not: nobody waits for it any more.
    Late,
}

/// What happens to a job. Its number is that in what was given.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<T> {
    /// It begins.
    Begins(usize),
    /// It has ended.
    Ends(usize, Ended<T>),
}

/// How many at once, and how long each may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Jobs at once, one at least.
    pub jobs: usize,
    /// How long one may take; `None`: as long as it likes.
    pub timeout: Option<Duration>,
}

/// Room for the deepest recursion of a main thread.
const STACK: usize = 8 << 20;
/// How long a job is waited for after it was asked to stop.
const GRACE: Duration = Duration::from_secs(2);
/// The name of a worker's thread, by which a panic of its own is told from others.
const WORKER: &str = "relconf-job";

/// What a worker says.
enum Said<T> {
    /// It begins with a job that ends at this request.
    Begins { worker: usize, at: usize, stop: Stop },
    /// It is done with it.
    Ends { worker: usize, ended: Ended<T> },
}

/// A worker at its job.
struct Busy {
    at: usize,
    since: Instant,
    stop: Stop,
}

/// What all workers share.
struct Shared<T, W> {
    waiting: Mutex<VecDeque<usize>>,
    work: W,
    /// Without room for more than is heard: who is faster than the listener waits, and holds no more than its own.
    tell: SyncSender<Said<T>>,
    /// Workers that nobody waits for any more: each has been replaced.
    given_up: Mutex<BTreeSet<usize>>,
}

/// Does `order`'s jobs, in that order as far as one follows another, and tells of each when it begins and as soon as it has
/// ended. A job is
/// given its number, and what asks it to stop once its time is over; one that does not stop is left behind: its thread goes on
/// until it returns or the program ends, and another takes its place.
///
/// # Errors
/// What `tell` cannot go on with.
pub fn run<T, W, E>(
    order: Vec<usize>,
    limits: Limits,
    work: W,
    mut tell: impl FnMut(Event<T>) -> Result<(), E>,
) -> Result<(), E>
where
    T: Send + 'static,
    W: Fn(usize, &Stop) -> T + Send + Sync + 'static,
{
    hear_panics();
    let mut left = order.len();
    let (said, heard) = sync_channel(0);
    let shared = Arc::new(Shared { waiting: Mutex::new(order.into()), work, tell: said, given_up: Mutex::default() });
    let mut workers = 0;
    let mut hire = || {
        let (shared, worker) = (Arc::clone(&shared), workers);
        workers += 1;
        // Where no thread can be had, those that there are go on.
        thread::Builder::new().name(WORKER.to_owned()).stack_size(STACK).spawn(move || serve(worker, &shared)).is_ok()
    };
    let mut hired = (0..limits.jobs.clamp(1, left.max(1))).filter(|_| hire()).count();
    let mut busy: BTreeMap<usize, Busy> = BTreeMap::new();
    while left > 0 {
        if hired == 0 {
            // Not a single thread: here and now, one after the other.
            return locked(&shared.waiting).drain(..).try_for_each(|at| {
                tell(Event::Begins(at))?;
                tell(Event::Ends(at, guarded(|| (shared.work)(at, &Stop::default()))))
            });
        }
        match next(&heard, limits.timeout, &busy) {
            Some(Said::Begins { worker, at, stop }) => {
                busy.insert(worker, Busy { at, since: Instant::now(), stop });
                tell(Event::Begins(at))?;
            }
            Some(Said::Ends { worker, ended }) => {
                // One that was given up comes too late.
                if let Some(Busy { at, .. }) = busy.remove(&worker) {
                    left -= 1;
                    tell(Event::Ends(at, ended))?;
                }
            }
            None => {
                let timeout = limits.timeout.unwrap_or(Duration::MAX);
                busy.values().filter(|busy| busy.since.elapsed() >= timeout).for_each(|busy| busy.stop.ask());
                let given_up = |busy: &Busy| busy.since.elapsed() >= timeout.saturating_add(GRACE.min(timeout));
                let late: Vec<usize> = busy.iter().filter(|(_, busy)| given_up(busy)).map(|(&at, _)| at).collect();
                for worker in late {
                    if let Some(Busy { at, .. }) = busy.remove(&worker) {
                        left -= 1;
                        locked(&shared.given_up).insert(worker);
                        hired = hired - 1 + usize::from(hire());
                        tell(Event::Ends(at, Ended::Late))?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// The next thing that a worker says; `None` where a job's time is over before.
fn next<T>(heard: &Receiver<Said<T>>, timeout: Option<Duration>, busy: &BTreeMap<usize, Busy>) -> Option<Said<T>> {
    let over = |busy: &Busy| {
        let timeout = timeout?;
        let until = if busy.stop.asked() { timeout.saturating_add(GRACE.min(timeout)) } else { timeout };
        Some(until.saturating_sub(busy.since.elapsed()))
    };
    let Some(wait) = busy.values().filter_map(over).min() else { return heard.recv().ok() };
    heard.recv_timeout(wait).ok()
}

fn serve<T, W: Fn(usize, &Stop) -> T>(worker: usize, shared: &Shared<T, W>) {
    let say = |said| shared.tell.send(said).is_ok();
    loop {
        let Some(at) = locked(&shared.waiting).pop_front() else { return };
        let stop = Stop::default();
        if !say(Said::Begins { worker, at, stop: stop.clone() }) {
            return;
        }
        let ended = guarded(|| (shared.work)(at, &stop));
        if !say(Said::Ends { worker, ended }) || locked(&shared.given_up).contains(&worker) {
            return;
        }
    }
}

/// What others hold is whole even where one of them panicked: nothing that can panic runs while it is held.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// What the last panic of this thread said, and where.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn guarded<T>(work: impl FnOnce() -> T) -> Ended<T> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(returned) => Ended::Returned(returned),
        Err(said) => {
            let heard = PANIC.with(|panic| panic.borrow_mut().take());
            Ended::Panicked(heard.or_else(|| text_of(&*said)).unwrap_or_else(|| "it said nothing".to_owned()))
        }
    }
}

/// What a panic says, as far as it is text.
fn text_of(said: &(dyn Any + Send)) -> Option<String> {
    let text = said.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| said.downcast_ref::<String>().cloned())
}

/// Keeps what a worker's panic says for whoever tells of it, instead of writing it between the lines of others.
fn hear_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(WORKER) {
                return others(info);
            }
            let said = text_of(info.payload()).unwrap_or_else(|| "it said nothing".to_owned());
            let place = info.location().map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
            PANIC.with(|panic| *panic.borrow_mut() = Some(format!("{said}{place}")));
        }));
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::{Ended, Event, Limits, run};
    use crate::model::Stop;

    fn all<T: Send + 'static>(
        n: usize,
        limits: Limits,
        work: impl Fn(usize, &Stop) -> T + Send + Sync + 'static,
    ) -> BTreeMap<usize, Ended<T>> {
        let mut found = BTreeMap::new();
        let mut begun = Vec::new();
        let told = run((0..n).collect(), limits, work, |event| -> Result<(), Infallible> {
            match event {
                Event::Begins(at) => begun.push(at),
                Event::Ends(at, ended) => assert!(found.insert(at, ended).is_none(), "{at} is told once"),
            }
            Ok(())
        });
        told.expect("nothing is refused");
        begun.sort_unstable();
        assert!(begun.into_iter().eq(0..n), "each begins once");
        found
    }

    #[test]
    fn every_job_is_done_once_whatever_their_number() {
        for jobs in [1, 2, 16] {
            let found = all(40, Limits { jobs, timeout: None }, |at, _| at * at);
            assert_eq!(found.len(), 40);
            assert!(found.iter().all(|(at, ended)| *ended == Ended::Returned(at * at)));
        }
        assert!(all(0, Limits { jobs: 4, timeout: None }, |at, _| at).is_empty());
    }

    #[test]
    fn a_panic_ends_its_own_job_and_no_other() {
        let found = all(6, Limits { jobs: 2, timeout: None }, |at, _| {
            assert!(at != 3, "broken pack {at}");
            at
        });
        let Ended::Panicked(said) = &found[&3] else { panic!("{found:?}") };
        assert!(said.starts_with("broken pack 3 (") && said.contains("many.rs:"), "{said}");
        assert!(found.iter().filter(|(at, _)| **at != 3).all(|(at, ended)| *ended == Ended::Returned(*at)));
    }

    #[test]
    fn who_hangs_is_asked_to_stop_and_then_left_behind() {
        let limits = Limits { jobs: 2, timeout: Some(Duration::from_millis(60)) };
        let found = all(8, limits, |at, stop| match at {
            // Hears that it should stop.
            1 => {
                while !stop.asked() {
                    thread::sleep(Duration::from_millis(1));
                }
                "stopped"
            }
            // Never does: as many as there are workers, and one more.
            2..=4 => loop {
                thread::park();
            },
            _ => "done",
        });
        assert_eq!(found[&1], Ended::Returned("stopped"));
        assert!((2..=4).all(|at| found[&at] == Ended::Late), "{found:?}");
        assert!([0, 5, 6, 7].iter().all(|at| found[at] == Ended::Returned("done")), "{found:?}");
    }

    #[test]
    fn no_more_run_at_once_than_were_asked_for() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (running, highest) = (Arc::clone(&now), Arc::clone(&most));
        all(60, Limits { jobs: 3, timeout: None }, move |_, _| {
            highest.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
        });
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
    }

    #[test]
    fn what_cannot_be_kept_ends_the_run() {
        let limits = Limits { jobs: 1, timeout: None };
        let told = run(
            (0..9).collect(),
            limits,
            |at, _| at,
            |event| match event {
                Event::Ends(4, _) => Err("disk full"),
                _ => Ok(()),
            },
        );
        assert_eq!(told, Err("disk full"));
    }
}
