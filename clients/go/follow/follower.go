package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"regexp"
	"sort"
	"sync"
	"time"

	"cnnviz/v1"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	listInterval = time.Second
	pause        = 500 * time.Millisecond // Before a broken connection is taken up again.
	maxFailures  = 120                    // In a row, without an event in between: one minute.
	maxAtOnce    = 16                     // Runs followed at the same time.
)

// A run's id becomes a folder's name.
var runID = regexp.MustCompile(`^[0-9A-Za-z]{26}$`)

var errGap = errors.New("an event is missing")

// follower watches runs that others started and writes what they find into a folder.
type follower struct {
	services []cnnvizv1.MaximizationServiceClient
	folder   string
	size     int

	places chan struct{}
	work   sync.WaitGroup
	mutex  sync.Mutex
	runs   map[string]*run
	failed bool
}

func newFollower(services []cnnvizv1.MaximizationServiceClient, folder string, size int) *follower {
	return &follower{
		services: services, folder: folder, size: size, places: make(chan struct{}, maxAtOnce), runs: map[string]*run{},
	}
}

// all follows every run there is and will be, until the context ends; with once, those there are now, until they end.
func (f *follower) all(ctx context.Context, once bool) error {
	defer f.work.Wait()
	failures := 0
	for {
		// Without Redis each service has runs of its own.
		listed := 0
		var problem error
		for first := range f.services {
			if err := f.list(ctx, first); err != nil {
				problem = err
			} else {
				listed++
			}
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case listed > 0:
			failures = 0
			if once {
				return nil
			}
		default:
			if failures++; !passes(problem) || failures > maxFailures {
				return problem
			}
			if failures == 1 {
				log.Printf("no service answers: %v", status.Convert(problem).Message())
			}
		}
		if !sleep(ctx, listInterval) {
			return nil
		}
	}
}

func (f *follower) list(ctx context.Context, first int) error {
	for token := ""; ; {
		page, err := f.services[first].List(ctx, &cnnvizv1.MaximizationServiceListRequest{PageToken: token})
		if err != nil {
			return err
		}
		added := false
		for _, listed := range page.Runs {
			added = f.begin(ctx, listed.RunId, first, 1) || added
		}
		// Newest come first: behind a page of known ones there are only known ones.
		if token = page.NextPageToken; token == "" || !added {
			return nil
		}
	}
}

// begin follows a run in the background, unless that is done already.
func (f *follower) begin(ctx context.Context, id string, first int, from uint64) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if _, known := f.runs[id]; known || !runID.MatchString(id) {
		return false
	}
	followed := newRun(id, f.folder, f.size)
	f.runs[id] = followed
	f.work.Add(1)
	go func() {
		defer f.work.Done()
		select {
		case f.places <- struct{}{}:
			defer func() { <-f.places }()
		case <-ctx.Done():
			return
		}
		if err := f.follow(ctx, followed, first, from); err != nil && ctx.Err() == nil {
			end, ended := f.ending(ctx, id, first)
			if !ended {
				end = status.Convert(err).Message()
				f.mutex.Lock()
				f.failed = true
				f.mutex.Unlock()
			}
			log.Printf("%s: %s", id, end)
			followed.change(func() { followed.end = end })
		}
	}()
	return true
}

// follow takes a run's events in order, each once, over as many connections as that takes.
func (f *follower) follow(ctx context.Context, followed *run, first int, next uint64) error {
	for attempt, failures := first, 0; ; attempt++ {
		before := next
		err := f.watch(ctx, f.services[attempt%len(f.services)], followed, &next)
		if err == nil || ctx.Err() != nil || !passes(err) {
			return err
		}
		if next > before {
			failures = 0
		}
		if failures++; failures > maxFailures {
			return err
		}
		log.Printf("%s: the connection broke; going on from event %d", followed.id, next)
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
}

func (f *follower) watch(ctx context.Context, service cnnvizv1.MaximizationServiceClient, followed *run, next *uint64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := service.Watch(ctx, &cnnvizv1.MaximizationServiceWatchRequest{RunId: followed.id, FromSequence: *next})
	if err != nil {
		return err
	}
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if message.GetEvent().GetSequence() != *next {
			return fmt.Errorf("%w: %d came where %d should", errGap, message.GetEvent().GetSequence(), *next)
		}
		if err := followed.take(message.Event); err != nil {
			return err
		}
		*next++
	}
}

// ending says how a run ended, where it was the run that failed or was cancelled and not the watching.
func (f *follower) ending(ctx context.Context, id string, first int) (string, bool) {
	answer, err := f.services[first].Get(ctx, &cnnvizv1.MaximizationServiceGetRequest{RunId: id})
	switch {
	case err != nil:
		return "", false
	case answer.Run.State == cnnvizv1.RunState_RUN_STATE_CANCELLED:
		return "cancelled", true
	case answer.Run.State == cnnvizv1.RunState_RUN_STATE_FAILED:
		return "failed: " + answer.Run.StatusMessage, true
	default:
		return "", false
	}
}

func (f *follower) views() []view {
	f.mutex.Lock()
	var views []view
	for _, followed := range f.runs {
		views = append(views, followed.view())
	}
	f.mutex.Unlock()
	// Ids sort by time; newest first.
	sort.Slice(views, func(i, j int) bool { return views[i].ID > views[j].ID })
	return views
}

// passes says whether another try, perhaps with another replica, may help.
func passes(err error) bool {
	return errors.Is(err, errGap) || status.Code(err) == codes.Unavailable
}

// sleep waits; false where the context ended first.
func sleep(ctx context.Context, duration time.Duration) bool {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
