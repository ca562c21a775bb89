using Aspire.Dashboard.Telemetry;

namespace CnnViz.Dashboard.Tests.Telemetry;

public sealed class RingBufferTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(7, 7)]
    [InlineData(100, 1_000)]
    public void Add_BeyondCapacity_KeepsTheNewestInOrder(int capacity, int count)
    {
        var buffer = new RingBuffer<int>(capacity);

        for (var i = 0; i < count; i++)
            Assert.Equal(i >= capacity, buffer.Add(i));

        Assert.Equal(Enumerable.Range(count - capacity, capacity), Enumerable.Range(0, buffer.Count).Select(i => buffer[i]));
    }

    [Fact]
    public void RemoveOldest_Mixed_AgreesWithAQueue()
    {
        var buffer = new RingBuffer<int>(50);
        var queue = new Queue<int>();
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            if (random.Next(3) > 0 || queue.Count == 0)
            {
                buffer.Add(i);
                queue.Enqueue(i);
                if (queue.Count > 50)
                    queue.Dequeue();
            }
            else
            {
                Assert.Equal(queue.Dequeue(), buffer.RemoveOldest());
            }

            Assert.Equal(queue, Enumerable.Range(0, buffer.Count).Select(k => buffer[k]));
        }
    }

    [Fact]
    public void Indexer_OutsideOrEmpty_Throws()
    {
        var buffer = new RingBuffer<int>(3);

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer[0]);
        Assert.Throws<InvalidOperationException>(() => buffer.RemoveOldest());
    }
}
