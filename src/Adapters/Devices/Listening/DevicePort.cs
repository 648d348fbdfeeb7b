using System.Net;
using System.Net.Sockets;
using Adapters.Devices.Wire;
using Microsoft.Extensions.Logging;
using Modules.Devices.Contracts;

namespace Adapters.Devices.Listening;

/// <summary>What one port is for.</summary>
internal sealed record PortPurpose(string Tenant, EnrolledDevice Device, WireFormat Format);

/// <summary>The port of one device: accepts its addresses only, a few connections at a time, and lets nothing that comes in end it.</summary>
internal sealed class DevicePort(PortPurpose purpose, IFrameIntake intake, ListenerBoard board, TimeProvider clock, ILogger log)
    : IAsyncDisposable
{
    public const int MostConnections = 8;

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<IPAddress> _allowed = [.. purpose.Device.AllowedAddresses.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(IPAddress.Parse)];
    private readonly List<DeviceConnection> _connections = [];
    private readonly Lock _lock = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private string? _incident;
    private DateTimeOffset? _incidentAt;

    public PortPurpose Purpose => purpose;
    public bool Listening { get; private set; }

    public void Open()
    {
        var device = purpose.Device;
        var listener = new TcpListener(IPAddress.Parse(device.BindAddress), device.Port);
        try
        {
            listener.Start(MostConnections);
            _listener = listener;
            Listening = true;
            _accepting = AcceptAsync(listener);
            Report();
        }
        catch (SocketException e)
        {
            listener.Dispose();
            Trouble($"不能监听 {device.BindAddress}:{device.Port}：{(e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "端口已被占用，请换一个端口或停用占用它的程序" : e.Message)}", null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener?.Dispose();
        Listening = false;
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(_stop.Token);
                serving.RemoveAll(t => t.IsCompleted);
                if (Refuses(socket)) socket.Dispose();
                else serving.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            log.LogDebug("Device {Device} of tenant {Tenant} is not listened to any more", purpose.Device.Code, purpose.Tenant);
        }
        catch (Exception e)
        {
            // The port is given up; the next look at the devices opens it anew.
            Listening = false;
            Trouble("监听中断：" + e.Message, e);
        }
        await Task.WhenAll(serving);
    }

    private bool Refuses(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint { Address: var address }) return true;
        if (_allowed.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)) return false;
        Trouble($"已拒绝未登记的地址 {address}", null);
        return true;
    }

    /// <summary>Never throws: what a device does ends its own connection at most.</summary>
    private async Task ServeAsync(Socket socket)
    {
        var connection = new DeviceConnection(socket,
            Conversations.Of(purpose.Format, intake, (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? ""), clock);
        Add(connection);
        try
        {
            await connection.ServeAsync(Said, _stop.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            log.LogInformation("Connection of device {Device} of tenant {Tenant} ended: {Reason}", purpose.Device.Code, purpose.Tenant,
                e.Message);
        }
        catch (Exception e)
        {
            Trouble("连接处理出错：" + e.Message, e);
        }
        connection.Dispose();
        lock (_lock) _connections.Remove(connection);
        Report();
    }

    /// <summary>A device that was switched off leaves its connections behind: the one longest silent makes room, before all others one that has never said anything.</summary>
    private void Add(DeviceConnection connection)
    {
        DeviceConnection? given = null;
        lock (_lock)
        {
            if (_connections.Count >= MostConnections) given = _connections.OrderBy(c => c.Talks).ThenBy(c => c.LastHeard).First();
            if (given is not null) _connections.Remove(given);
            _connections.Add(connection);
        }
        given?.Dispose();
        if (given is null) Report();
        else Trouble($"连接超过 {MostConnections} 个，已断开最久没有消息的一个：请检查仪器是否反复连接而不断开", null);
    }

    private void Said(string? trouble, bool understood)
    {
        // A message understood is the proof that the line works again.
        if (understood) (_incident, _incidentAt) = (null, null);
        if (trouble is not null) Trouble(trouble, null);
        else if (understood) Report();
    }

    private void Trouble(string incident, Exception? cause)
    {
        (_incident, _incidentAt) = (incident, clock.GetUtcNow());
        log.LogWarning(cause, "Device {Device} of tenant {Tenant}: {Incident}", purpose.Device.Code, purpose.Tenant, incident);
        Report();
    }

    private void Report()
    {
        lock (_lock) board.Report(purpose.Tenant, purpose.Device.Code,
            new ListenerState(Listening, _connections.Count, _connections.Count(c => c.Talks), _incident, _incidentAt));
    }
}
