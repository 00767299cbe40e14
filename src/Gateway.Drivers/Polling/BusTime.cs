using Gateway.Drivers.Modbus;
using Gateway.Modbus.Protocol;

namespace Gateway.Drivers.Polling;

/// <summary>Predicts how long a request occupies a line, from the sizes of its frames.</summary>
public sealed class BusTime
{
    private readonly ModbusLineDefinition _line;
    private readonly double _deviceSeconds;

    /// <summary>Assumes that a device needs <paramref name="deviceMs"/> to answer once it has the request.</summary>
    /// <param name="line">The line, for transport and speed.</param>
    /// <param name="deviceMs">Time of the device in milliseconds; negative takes 10 on a bus and 2 on TCP.</param>
    public BusTime(ModbusLineDefinition line, double deviceMs = -1)
    {
        _line = line;
        bool isBus = line.Transport is not (LineTransport.ModbusTcp or LineTransport.ModbusTls);
        _deviceSeconds = (deviceMs >= 0 ? deviceMs : isBus ? 10 : 2) / 1000;
    }

    /// <summary>Seconds from the first byte of the request to the silence after the answer.</summary>
    public double ReadSeconds(ReadBlock block)
    {
        int data = ReadRequest.IsBits(block.Space) ? (block.Count + 7) / 8 : 2 * block.Count;
        return Seconds(5, 2 + data);
    }

    /// <summary>Seconds for a request and an answer of so many bytes without framing.</summary>
    public double Seconds(int requestPdu, int replyPdu)
    {
        switch (_line.Transport)
        {
            case LineTransport.ModbusTcp:
            case LineTransport.ModbusTls:
                return _deviceSeconds;
            case LineTransport.ModbusAscii:
                // Colon, two characters per byte of unit, PDU and LRC, CR LF; no silence (Serial Line 1.02 §2.5.2).
                return Wire(2 * (requestPdu + 2) + 3, 7) + Wire(2 * (replyPdu + 2) + 3, 7) + _deviceSeconds;
            default:
                // Unit before, CRC behind; 3.5 characters of silence after each frame, but not less than 1.75 ms
                // above 19200 baud (Serial Line 1.02 §2.5.1.1).
                double silence = _line.BaudRate > 19200 ? 0.00175 : 3.5 * 11 / _line.BaudRate;
                return Wire(requestPdu + 3, 8) + Wire(replyPdu + 3, 8) + 2 * silence + _deviceSeconds;
        }
    }

    private double Wire(int characters, int dataBits)
    {
        int bits = 1 + dataBits + (_line.Parity == 'N' ? 0 : 1) + _line.StopBits;
        return characters * bits / (double)_line.BaudRate;
    }
}
