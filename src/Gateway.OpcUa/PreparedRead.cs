using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <summary>
/// A read of the same nodes, encoded once and sent again and again. One at a time: not to be used while an answer is
/// awaited.
/// </summary>
public sealed class PreparedRead : IServiceRequest
{
    private const uint ValueAttribute = 13;

    private readonly byte[] _body;
    private RequestHeader _header;

    /// <summary>Reads the value of each node with source and server time.</summary>
    public PreparedRead(params ReadOnlySpan<NodeId> nodes)
        : this(ToReads(nodes))
    {
    }

    /// <summary>Reads attributes.</summary>
    /// <param name="reads">Nodes and attributes.</param>
    /// <param name="maxAgeMs">How old a value may be; 0 asks the device.</param>
    /// <param name="timestamps">Which times to return.</param>
    public PreparedRead(ReadValueId[] reads, double maxAgeMs = 0, TimestampsToReturn timestamps = TimestampsToReturn.Both)
    {
        ArgumentNullException.ThrowIfNull(reads);
        Count = reads.Length;
        var buffer = new MessageBuffer(int.MaxValue, 32 * reads.Length);
        var writer = new UaWriter(buffer);
        writer.WriteDouble(maxAgeMs);
        writer.WriteInt32((int)timestamps);
        writer.WriteInt32(reads.Length);
        foreach (var read in reads)
            read.Encode(ref writer);
        writer.Finish();
        _body = buffer.Written.ToArray();
        Response = new Answer(this);
    }

    /// <summary>Number of nodes.</summary>
    public int Count { get; }

    uint IStructure.EncodingId => 631;

    ref RequestHeader IServiceRequest.Header => ref _header;

    internal Answer Response { get; }

    void IStructure.Encode(ref UaWriter writer)
    {
        _header.Encode(ref writer);
        writer.WriteBytes(_body);
    }

    void IStructure.Decode(ref UaReader reader) => throw new NotSupportedException("A prepared read is only sent.");

    internal void Begin(Memory<DataValue> values)
    {
        if (values.Length < Count)
            throw new ArgumentException("There is no room for a result per node.", nameof(values));
        Response.Values = values[..Count];
    }

    private static ReadValueId[] ToReads(ReadOnlySpan<NodeId> nodes)
    {
        var reads = new ReadValueId[nodes.Length];
        for (var i = 0; i < reads.Length; i++)
            reads[i] = new ReadValueId { NodeId = nodes[i], AttributeId = ValueAttribute };
        return reads;
    }

    /// <summary>The answer, decoded into the caller's memory.</summary>
    internal sealed class Answer(PreparedRead owner) : IServiceResponse
    {
        private ResponseHeader _header;

        public Memory<DataValue> Values { get; set; }

        uint IStructure.EncodingId => 634;

        ref ResponseHeader IServiceResponse.Header => ref _header;

        void IStructure.Encode(ref UaWriter writer) => throw new NotSupportedException("The answer is only received.");

        void IStructure.Decode(ref UaReader reader)
        {
            _header.Decode(ref reader);
            if (_header.ServiceResult.IsBad)
                return;
            var count = reader.ReadArrayLength(1);
            // A server that answers another number of results answers another question.
            if (count != owner.Count)
            {
                reader.Fail(StatusCodes.BadDecodingError);
                return;
            }

            var values = Values.Span;
            for (var i = 0; i < count && reader.IsGood; i++)
                reader.ReadDataValue(out values[i]);
        }
    }
}
