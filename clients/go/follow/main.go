// Command follow watches maximization runs that other programs started, on any replica, and writes a thumbnail of every finished
// filter, a strip of how it emerged, and a page of all into a folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"cnnviz/v1"
)

func main() {
	flags := flag.NewFlagSet("follow", flag.ExitOnError)
	endpoints := flags.String(
		"endpoint", "127.0.0.1:5001", "`HOST:PORT` of the inference service; several, with commas, for its replicas")
	folder := flags.String("o", "runs", "`folder` for the pictures")
	size := flags.Int("size", 96, "longer side of a thumbnail in `pixels`, 8 to 1024")
	id := flags.String("run", "", "follow only the run of this `id`, and end with it; default: all runs, as they come")
	from := flags.Uint64("from", 1, "with -run: `number` of the first event")
	once := flags.Bool("once", false, "follow the runs that there are now, and end with them")
	var c caller
	flags.StringVar(&c.ca, "ca", "", "PEM `file` of the authorities that vouch for the service")
	flags.StringVar(&c.cert, "cert", "", "PEM `file` of a certificate to show")
	flags.StringVar(&c.key, "key", "", "PEM `file` of its key")
	flags.StringVar(
		&c.apiKey, "api-key", os.Getenv("CNNVIZ_API_KEY"),
		"API `key` or token; better in $CNNVIZ_API_KEY, which other users cannot see")
	flags.Lookup("api-key").DefValue = "" // Help does not tell it.
	if err := flags.Parse(os.Args[1:]); err != nil {
		os.Exit(2)
	}
	switch {
	case flags.NArg() > 0:
		usage("unexpected %q", flags.Arg(0))
	case *size < 8 || *size > 1024:
		usage("-size must be from 8 to 1024, not %d", *size)
	case *id != "" && !runID.MatchString(*id):
		usage("-run %q is no run's id", *id)
	case (c.cert == "") != (c.key == ""):
		usage("-cert and -key belong together")
	}
	log.SetFlags(log.Ltime)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := follow(ctx, c, strings.Split(*endpoints, ","), *folder, *size, *id, *from, *once); err != nil {
		fmt.Fprintln(os.Stderr, "follow:", err)
		os.Exit(1)
	}
}

func follow(ctx context.Context, c caller, endpoints []string, folder string, size int, id string, from uint64, once bool) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var services []cnnvizv1.MaximizationServiceClient
	for _, endpoint := range endpoints {
		connection, err := c.dial(endpoint)
		if err != nil {
			return err
		}
		defer connection.Close()
		services = append(services, cnnvizv1.NewMaximizationServiceClient(connection))
	}
	f := newFollower(services, folder, size)
	paging, written := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		f.keepPage(paging)
		close(done)
	}()
	var err error
	if id == "" {
		err = f.all(ctx, once)
	} else {
		f.begin(ctx, id, 0, from)
		f.work.Wait()
	}
	written()
	<-done
	if err == nil && f.failed {
		err = fmt.Errorf("not every run could be followed to its end")
	}
	return err
}

func usage(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, "follow: "+format+"; follow -help lists the options\n", values...)
	os.Exit(2)
}
