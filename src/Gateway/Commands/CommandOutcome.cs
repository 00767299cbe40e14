using System.Buffers;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;

namespace Gateway.Commands;

/// <summary>Finds the event that tells how a command ended.</summary>
internal static class CommandOutcome
{
    private const int Batch = 128;

    /// <summary>Waits for the outcome.</summary>
    /// <param name="context">The event log and the clock are used.</param>
    /// <param name="after">Sequence number of the newest event before the command was added.</param>
    /// <param name="command">The command.</param>
    /// <param name="limit">Longest wait.</param>
    /// <param name="aborted">The asker went away.</param>
    /// <returns>The event, or null when it did not come in time: the command may still be carried out.</returns>
    public static async Task<ScanEvent?> WaitAsync(GatewayContext context, long after, OperatorCommand command, TimeSpan limit, CancellationToken aborted)
    {
        using var late = new CancellationTokenSource(limit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, aborted);
        ScanEvent[] batch = ArrayPool<ScanEvent>.Shared.Rent(Batch);
        try
        {
            while (true)
            {
                int count = context.Events.CopyAfter(after, batch);
                for (int i = 0; i < count; i++)
                    if (batch[i].CorrelationId == command.CorrelationId)
                        return batch[i];
                if (count > 0)
                    after = batch[count - 1].Sequence;
                else
                    await context.Events.WaitAsync(after, either.Token);
            }
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            ArrayPool<ScanEvent>.Shared.Return(batch, clearArray: true);
        }
    }
}
