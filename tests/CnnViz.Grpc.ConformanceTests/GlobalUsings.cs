global using Grpc.Core;

// The tests measure memory and run other programs; side by side they would disturb each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
