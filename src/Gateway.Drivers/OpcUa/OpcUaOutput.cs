using Gateway.OpcUa;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Scan;

namespace Gateway.Drivers.OpcUa;

/// <summary>
/// One output of an OPC UA device: a write, and reads until the node holds the value. Line's loop only, except the
/// answers, which any thread may bring.
/// </summary>
internal sealed class OpcUaOutput : OutputWriter
{
    private readonly OpcUaFeed _feed;
    private readonly Action _wake;
    private volatile bool _hasAnswer;
    private bool _isReadBack;
    private StatusCode _status;
    private bool _isAnswered;
    private DataValue _held;
    private double _wanted;

    public OpcUaOutput(int device, OpcUaDevice definition, OpcUaFeed feed, int point, OutputMailbox mailbox, Action wake)
        : base(device, definition, feed.Points[point], mailbox)
    {
        Point = point;
        _feed = feed;
        _wake = wake;
    }

    /// <summary>Position of the point in the device.</summary>
    public int Point { get; }

    /// <summary>True when the write can be sent: a node's type is known from its value.</summary>
    public bool CanWrite => WantsWrite && _feed.TypeOf(Point) != BuiltInType.Null;

    /// <inheritdoc/>
    protected override uint UnfitCode => StatusCodes.BadOutOfRange.Value;

    /// <inheritdoc/>
    // The type is known for sure only when the write is sent.
    protected override bool TryEncode(double raw) => double.IsFinite(raw);

    /// <summary>Sends the write.</summary>
    public void SendWrite(OpcUaClient client, NodeId node)
    {
        if (!NodeNumber.TryMake(_feed.TypeOf(Point), Raw, out Variant value, out _wanted))
        {
            Refuse(UnfitCode);
            return;
        }

        BeginWrite();
        _isReadBack = false;
        _ = WriteAsync(client, node, value);
    }

    /// <summary>Sends the read-back.</summary>
    public void SendReadBack(OpcUaClient client, NodeId node)
    {
        BeginReadBack();
        _isReadBack = true;
        _ = ReadAsync(client, node);
    }

    /// <summary>Takes an answer that came.</summary>
    public void AcceptAnswer(long now)
    {
        if (!_hasAnswer)
            return;
        _hasAnswer = false;
        if (_isReadBack)
        {
            double held = double.NaN;
            bool isKnown = _isAnswered && !_held.Status.IsBad && _held.Value.TryGetNumber(out held);
            AcceptReadBack(isKnown && held == _wanted, isKnown ? held : double.NaN, now);
            return;
        }

        if (!_isAnswered)
            AcceptWrite(WriteAnswer.Silent, 0, now);
        else
            AcceptWrite(_status.IsBad ? WriteAnswer.Refused : WriteAnswer.Accepted, _status.Value, now);
    }

    private async Task WriteAsync(OpcUaClient client, NodeId node, Variant value)
    {
        _isAnswered = false;
        try
        {
            var (results, fault) = await client.WriteAsync((node, value)).ConfigureAwait(false);
            _status = fault.IsNone ? results[0] : fault.Status;
            // A time-out or a broken connection says nothing about what the server did.
            _isAnswered = fault.IsNone || (client.IsConnected && fault.Status != StatusCodes.BadTimeout);
        }
        finally
        {
            Tell();
        }
    }

    private async Task ReadAsync(OpcUaClient client, NodeId node)
    {
        _isAnswered = false;
        try
        {
            var (values, fault) = await client.ReadAsync(node).ConfigureAwait(false);
            _isAnswered = fault.IsNone;
            _held = fault.IsNone ? values[0] : default;
        }
        finally
        {
            Tell();
        }
    }

    private void Tell()
    {
        _hasAnswer = true;
        _wake();
    }
}
