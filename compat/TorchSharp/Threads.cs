namespace TorchSharp;

public static partial class torch
{
    /// <summary>Threads that one CPU operation called from this thread may use.</summary>
    public static int get_num_threads() => Native.Check(Native.ts_get_num_threads());

    /// <summary>
    /// Sets the threads of CPU operations called from this thread, and of threads that have not called any yet.
    /// </summary>
    public static void set_num_threads(int num) => Native.Check(Native.ts_set_num_threads(num));
}
