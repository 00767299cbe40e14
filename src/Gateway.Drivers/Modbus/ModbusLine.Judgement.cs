using Gateway.Drivers.Polling;
using Gateway.Modbus;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.Modbus;

/// <content>What an answer, or its absence, says about the device and about the connection.</content>
public sealed partial class ModbusLine
{
    private readonly int _polledDevices;
    private bool _hasAnswered;
    private int _timeoutsInRow;
    private int _lastSilentDevice;
    private long _staleSeen;
    private long _bytesSeen;

    /// <summary>Counts a reply, draws the conclusions about device and connection, and gives the quality it leaves.</summary>
    private Quality Judge(RequestSlot slot, ModbusReply reply, long now)
    {
        int device = slot.Device;
        DeviceStatistics statistics = Statistics.Devices[device];
        if (_client is not null)
            CountStale(_client);
        switch (reply.Status)
        {
            case ModbusReplyStatus.Ok:
                statistics.CountResult(RequestResult.Ok);
                Statistics.RequestDuration.Add(now - slot.SentAt);
                if (slot.Kind == RequestKind.Read)
                {
                    statistics.NoteGood(Utc, now);
                    _log.DeviceOk(device, now);
                }

                NoteAnswer(device, now);
                return Quality.Good;
            case ModbusReplyStatus.DeviceException:
                Statistics.RequestDuration.Add(now - slot.SentAt);
                return JudgeException(slot, reply.ExceptionCode, now);
            case ModbusReplyStatus.TimedOut:
                statistics.CountResult(RequestResult.Timeout);
                _lastSilentDevice = device;
                CountTimeoutInRow();
                NoteSilence(device, now);
                CheckForDeadConnection();
                return Quality.BadTimeout;
            case ModbusReplyStatus.BadFrame:
                statistics.CountResult(RequestResult.BadFrame);
                // An oddly echoed write is an answer; anything else is as good as none.
                if (reply.Reason == BadFrameReason.WrongEcho)
                    NoteAnswer(device, now);
                else
                    NoteSilence(device, now);
                return Quality.BadCommunicationError;
            default:
                statistics.CountResult(RequestResult.Disconnected);
                statistics.NoteNotGood();
                return Quality.BadNoCommunication;
        }
    }

    private Quality JudgeException(RequestSlot slot, ModbusExceptionCode code, long now)
    {
        int device = slot.Device;
        DeviceStatistics statistics = Statistics.Devices[device];
        statistics.CountResult(RequestResult.Exception);
        statistics.NoteException((int)code);
        if (slot.Kind == RequestKind.Read)
        {
            statistics.NoteNotGood();
            // Refused addresses have a line of their own.
            if (code is not (ModbusExceptionCode.IllegalDataAddress or ModbusExceptionCode.IllegalDataValue))
                _log.DeviceException(device, (int)code, now);
        }

        if (code is ModbusExceptionCode.GatewayTargetFailedToRespond or ModbusExceptionCode.GatewayPathUnavailable)
        {
            // The gateway between answers, so the connection is good; the device behind it is silent.
            NoteConnectionGood(now);
            NoteSilence(device, now);
            return code == ModbusExceptionCode.GatewayTargetFailedToRespond ? Quality.BadTimeout : Quality.BadNoCommunication;
        }

        NoteAnswer(device, now);
        return code == ModbusExceptionCode.IllegalFunction ? Quality.BadConfigurationError : Quality.BadDeviceFailure;
    }

    private void NoteAnswer(int device, long now)
    {
        NoteConnectionGood(now);
        if (!_health.NoteAnswer(device))
            return;
        Statistics.Devices[device].NoteProbing(false, 0);
        _log.DeviceAnswers(device, now);
        for (int block = 0; block < _readers.Length; block++)
        {
            if (_readers[block].Block.Device == device)
                _schedule.ServeNow(block, now);
        }
    }

    private void NoteConnectionGood(long now)
    {
        _timeoutsInRow = 0;
        _connectPauseMs = 0;
        _restartPauseMs = 0;
        _isDownPublished = false;
        if (_hasAnswered)
            return;
        _hasAnswered = true;
        _log.LinkUp(now);
    }

    private void NoteSilence(int device, long now)
    {
        DeviceStatistics statistics = Statistics.Devices[device];
        statistics.NoteNotGood();
        bool isDemoted = _health.NoteFailure(device, now);
        if (!_health.IsProbing(device))
            return;
        statistics.NoteProbing(true, _health.ProbePauseMs(device));
        _log.DeviceSilent(device, now);
        if (isDemoted)
            PublishBad(device, now);
    }

    /// <summary>Whatever came meanwhile, if only an answer too late, proves that the connection lives.</summary>
    private void CountTimeoutInRow()
    {
        long bytes = _client?.Statistics.BytesIn ?? 0;
        _timeoutsInRow = bytes == _bytesSeen ? _timeoutsInRow + 1 : 1;
        _bytesSeen = bytes;
    }

    /// <summary>
    /// On TCP a dead socket looks like dead devices. When none of them answers any more the connection is suspected
    /// and made anew; on a serial port opening it again would change nothing on the wire.
    /// </summary>
    private void CheckForDeadConnection()
    {
        int enough = Math.Max(_hasAnswered ? 3 : 1, _polledDevices);
        if (!_line.IsSerial && _timeoutsInRow >= enough && _health.AreAllSilent)
            _dropReason = "no device answers";
    }

    /// <summary>A late answer belongs to the device that was last waited for in vain.</summary>
    private void CountStale(ModbusClient client)
    {
        long stale = client.Statistics.StaleSkipped;
        if (stale == _staleSeen)
            return;
        Statistics.Devices[_lastSilentDevice].CountResult(RequestResult.Stale, stale - _staleSeen);
        _staleSeen = stale;
    }
}
