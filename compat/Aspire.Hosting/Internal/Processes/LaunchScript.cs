namespace Aspire.Hosting.Internal.Processes;

/// <summary>
/// How a process is tied to the app host's life.
/// <para>
/// The app host holds the writing end of a pipe, the life line. The launcher is the leader of a new session, so that neither
/// Ctrl-C in the terminal nor a signal to the app host's process group reaches it; it leaves a watcher behind, in a session of
/// its own, and then becomes the process itself: its id, exit code and signals are the real ones. The watcher reads the life
/// line. A line is the name of a signal to send to the whole process group. The end of the pipe means that the app host is gone,
/// however it died, or that it has seen the process end: then nothing of the group may stay, so it gets SIGTERM and, after a
/// grace period, SIGKILL.
/// </para>
/// <para>
/// PR_SET_PDEATHSIG (setpriv --pdeathsig) would be shorter, but it is bound to the thread that forked, reaches only the process
/// itself and not its children, and cannot follow up a SIGTERM that is ignored.
/// </para>
/// </summary>
internal static class LaunchScript
{
    /// <summary>The variable that hands the launcher what the process shall read; the process itself does not get it.</summary>
    public const string InputVariable = "ASPIRE_STANDIN_INPUT";

    /// <summary>Arguments: the watcher's script, the grace period in seconds, the command and its arguments.</summary>
    public const string Launcher =
        """
        watcher=$1 grace=$2
        shift 2
        exec 3<&0
        # Twice in the background: the process must not find a child that it did not start.
        ( setsid sh -c "$watcher" aspire-watch $$ "$grace" <&3 3<&- >/dev/null 2>&1 & )
        if [ -n "${ASPIRE_STANDIN_INPUT+set}" ]; then
          input=$ASPIRE_STANDIN_INPUT
          unset ASPIRE_STANDIN_INPUT
          exec "$@" 3<&- <<END_OF_INPUT
        $input
        END_OF_INPUT
        fi
        exec "$@" </dev/null 3<&-
        """;

    /// <summary>Arguments: the process group, the grace period in seconds.</summary>
    public const string Watcher =
        """
        cd /
        while read -r signal; do kill -s "$signal" -- "-$1"; done
        kill -s TERM -- "-$1" || exit 0
        tenths=$(($2 * 10))
        while kill -s 0 -- "-$1" && [ "$tenths" -gt 0 ]; do
          tenths=$((tenths - 1))
          sleep 0.1
        done
        kill -s KILL -- "-$1"
        """;
}
