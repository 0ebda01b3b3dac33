//! Bookkeeping of a worker pool: which jobs wait, which are lent to which worker, and what happens to them when a worker breaks.
//! Knows jobs and workers by their indices only: no browser types, no experiments, no results.
//!
//! Every job ends exactly once: either [`Jobs::done`] accepts it, or [`Jobs::broke`] lists it as failed.

use std::collections::VecDeque;

/// Jobs lent to a worker at a time: one at work and one queued behind it, so that the worker never idles.
const AT_A_TIME: usize = 2;
/// A job that was at work in so many workers when they broke is failed: it probably breaks them.
const MOST_BREAKS: u8 = 2;
/// A worker that broke so many times in a row without having a job is not restarted: it cannot start at all.
const MOST_IDLE_BREAKS: u8 = 2;

/// State of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Started, not ready yet: messages sent now would be lost.
    Starting,
    /// Takes jobs.
    Ready,
    /// Broke. Takes no jobs until it is restarted.
    Broken,
    /// Broke and is not restarted.
    GivenUp,
}

/// A worker.
#[derive(Debug)]
struct Worker {
    stage: Stage,
    /// Jobs lent to it, the one at work first.
    lent: VecDeque<usize>,
    /// Breaks in a row without a job.
    idle_breaks: u8,
}

/// What to do about a worker that broke.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// Jobs that have failed; the worker's error is the reason.
    pub failed: Vec<usize>,
    /// Whether to start another worker in its place, and to say so by [`Jobs::restarted`].
    pub restart: bool,
}

/// The jobs of a pool.
#[derive(Debug)]
pub struct Jobs {
    /// Jobs that are with no worker, in the order in which they are lent.
    waiting: VecDeque<usize>,
    workers: Vec<Worker>,
    /// For each job, the workers that broke while it was at work.
    breaks: Vec<u8>,
}

impl Jobs {
    /// Jobs `0..jobs`, none lent, and workers `0..workers`, none ready.
    #[must_use]
    pub fn new(jobs: usize, workers: usize) -> Self {
        let worker = || Worker { stage: Stage::Starting, lent: VecDeque::new(), idle_breaks: 0 };
        let workers = core::iter::repeat_with(worker).take(workers).collect();
        Self { waiting: (0..jobs).collect(), workers, breaks: vec![0; jobs] }
    }

    /// The worker takes jobs from now on.
    pub fn ready(&mut self, worker: usize) {
        if self.workers[worker].stage == Stage::Starting {
            self.workers[worker].stage = Stage::Ready;
        }
    }

    /// Lends the next job: `(worker, job)`, to be sent to it. None when no job waits or no ready worker has room.
    pub fn lend(&mut self) -> Option<(usize, usize)> {
        let has_room = |worker: &&Worker| worker.stage == Stage::Ready && worker.lent.len() < AT_A_TIME;
        let ready = self.workers.iter().enumerate().filter(|(_, worker)| has_room(worker));
        let (worker, _) = ready.min_by_key(|(_, worker)| worker.lent.len())?;
        let job = self.waiting.pop_front()?;
        self.workers[worker].lent.push_back(job);
        Some((worker, job))
    }

    /// Takes back a job that the worker ended, well or not. False when the job is not lent to this worker: its outcome comes from a
    /// worker that broke, and counts for nothing.
    pub fn done(&mut self, worker: usize, job: usize) -> bool {
        let lent = &mut self.workers[worker].lent;
        let Some(at) = lent.iter().position(|it| *it == job) else { return false };
        lent.remove(at);
        self.workers[worker].idle_breaks = 0;
        true
    }

    /// Takes back all jobs of a worker that broke. They wait again, before all others, except the one at work when it has broken
    /// workers before. When no worker is left, all waiting jobs fail.
    pub fn broke(&mut self, worker: usize) -> Broken {
        let broken = &mut self.workers[worker];
        if matches!(broken.stage, Stage::Broken | Stage::GivenUp) {
            return Broken::default();
        }
        let mut failed = Vec::new();
        let mut lent = core::mem::take(&mut broken.lent);
        broken.stage = Stage::Broken;
        match lent.front() {
            None => {
                broken.idle_breaks += 1;
                if broken.idle_breaks >= MOST_IDLE_BREAKS {
                    broken.stage = Stage::GivenUp;
                }
            }
            Some(&at_work) => {
                broken.idle_breaks = 0;
                self.breaks[at_work] += 1;
                if self.breaks[at_work] >= MOST_BREAKS {
                    failed.extend(lent.pop_front());
                }
            }
        }
        for job in lent.into_iter().rev() {
            self.waiting.push_front(job);
        }
        if self.workers.iter().all(|worker| worker.stage == Stage::GivenUp) {
            failed.extend(self.waiting.drain(..));
        }
        let is_over = self.waiting.is_empty() && self.workers.iter().all(|worker| worker.lent.is_empty());
        Broken { failed, restart: self.workers[worker].stage == Stage::Broken && !is_over }
    }

    /// Another worker was started in the place of a broken one.
    pub fn restarted(&mut self, worker: usize) {
        if self.workers[worker].stage == Stage::Broken {
            self.workers[worker].stage = Stage::Starting;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pool of two workers that are ready, with two jobs each.
    fn lent(jobs: usize) -> Jobs {
        let mut pool = Jobs::new(jobs, 2);
        (0..2).for_each(|worker| pool.ready(worker));
        let all: Vec<_> = core::iter::from_fn(|| pool.lend()).collect();
        assert_eq!(all, [(0, 0), (1, 1), (0, 2), (1, 3)][..jobs.min(4)]);
        pool
    }

    fn restart(pool: &mut Jobs, worker: usize) -> Vec<(usize, usize)> {
        pool.restarted(worker);
        pool.ready(worker);
        core::iter::from_fn(|| pool.lend()).collect()
    }

    /// Plays a pool to its end: jobs for which `breaks` break the worker they are at work in. Gives how often each job ended, and
    /// which ended as failed.
    fn play(jobs: usize, workers: usize, breaks: fn(usize) -> bool) -> (Vec<u32>, Vec<usize>) {
        let mut pool = Jobs::new(jobs, workers);
        let (mut ended, mut failed) = (vec![0; jobs], Vec::new());
        let mut queues = vec![VecDeque::new(); workers];
        (0..workers).for_each(|worker| pool.ready(worker));
        for turn in 0.. {
            while let Some((worker, job)) = pool.lend() {
                queues[worker].push_back(job);
            }
            // Workers take turns.
            let mut order = (0..workers).map(|at| (turn + at) % workers);
            let Some(worker) = order.find(|worker| !queues[*worker].is_empty()) else { break };
            if breaks(queues[worker][0]) {
                queues[worker].clear();
                let broken = pool.broke(worker);
                broken.failed.iter().for_each(|job| ended[*job] += 1);
                failed.extend(broken.failed);
                pool.restarted(worker);
                pool.ready(worker);
            } else {
                let job = queues[worker].pop_front().expect("it has one");
                assert!(pool.done(worker, job), "job {job} was lent to worker {worker}");
                ended[job] += 1;
            }
        }
        failed.sort_unstable();
        (ended, failed)
    }

    #[test]
    fn both_jobs_of_a_broken_worker_are_lent_again_before_all_others() {
        let mut pool = lent(6);
        assert_eq!(pool.broke(0), Broken { failed: vec![], restart: true });
        assert_eq!(restart(&mut pool, 0), [(0, 0), (0, 2)]);
        assert!(pool.done(1, 1), "the other worker goes on");
        assert_eq!(pool.lend(), Some((1, 4)));
    }

    #[test]
    fn a_job_that_breaks_two_workers_fails_and_the_one_behind_it_does_not() {
        let mut pool = lent(4);
        pool.broke(0);
        restart(&mut pool, 0);
        assert_eq!(pool.broke(0), Broken { failed: vec![0], restart: true });
        assert_eq!(restart(&mut pool, 0), [(0, 2)]);
    }

    #[test]
    fn every_job_ends_once_whichever_break_their_workers() {
        for (jobs, workers) in [(1, 1), (7, 1), (5, 2), (40, 3), (3, 16), (0, 2)] {
            let cases: [fn(usize) -> bool; 4] = [|_| false, |_| true, |job| job % 3 == 1, |job| job == 0];
            for breaks in cases {
                let (ended, failed) = play(jobs, workers, breaks);
                assert_eq!(ended, vec![1; jobs], "{jobs} jobs, {workers} workers");
                assert_eq!(failed, (0..jobs).filter(|job| breaks(*job)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn outcomes_and_errors_of_a_worker_that_broke_count_for_nothing() {
        let mut pool = lent(4);
        pool.broke(0);
        assert_eq!(pool.broke(0), Broken::default(), "an error event often follows the message of a panic");
        assert!(!pool.done(0, 0), "its jobs are lent again");
        pool.ready(0);
        assert_eq!(pool.lend(), None, "it is not restarted yet");
    }

    #[test]
    fn jobs_of_a_worker_that_cannot_be_restarted_go_to_the_others() {
        let mut pool = lent(4);
        assert!(pool.done(1, 1) && pool.done(1, 3), "worker 1 has nothing left to do");
        pool.broke(0);
        assert_eq!(pool.lend(), Some((1, 0)), "it need not wait for the restart");
        pool.restarted(0);
        assert_eq!(pool.broke(0), Broken { failed: vec![], restart: true });
        pool.restarted(0);
        assert_eq!(pool.broke(0), Broken { failed: vec![], restart: false });
        assert_eq!(pool.lend(), Some((1, 2)));
    }

    #[test]
    fn all_jobs_fail_when_no_worker_can_be_started() {
        let mut pool = Jobs::new(3, 2);
        for worker in [0, 1] {
            assert!(pool.broke(worker).restart && pool.lend().is_none(), "worker {worker} is tried again");
            pool.restarted(worker);
        }
        assert_eq!(pool.broke(0), Broken { failed: vec![], restart: false }, "but not for ever");
        assert_eq!(pool.broke(1), Broken { failed: vec![0, 1, 2], restart: false });
    }

    #[test]
    fn a_worker_that_breaks_when_all_is_done_is_not_restarted() {
        let mut pool = lent(2);
        assert!(pool.done(0, 0) && pool.done(1, 1), "all is done");
        assert_eq!(pool.broke(0), Broken::default());
    }
}
