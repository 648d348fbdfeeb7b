using System.Net;
using System.Net.Sockets;
using Adapters.Devices.Wire;
using Microsoft.Extensions.Logging;
using Modules.Devices.Contracts;

namespace Adapters.Devices.Listening;

/// <summary>The port of one device: accepts its addresses only, a few connections at a time, and lets nothing that comes in end it.</summary>
internal sealed class DevicePort(string tenant, EnrolledDevice device, DeviceProfile profile, FrameIntake intake, ListenerBoard board, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    public const int MostConnections = 8;

    /// <summary>Between messages a device may be silent this long.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <summary>A message once begun must be complete within this time.</summary>
    private static readonly TimeSpan Message = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<IPAddress> _allowed = [.. device.AllowedAddresses.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _connections;
    private string? _incident;
    private DateTimeOffset? _incidentAt;

    public EnrolledDevice Device => device;
    public bool Listening { get; private set; }

    public void Open()
    {
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
                if (Refuses(socket, serving.Count)) socket.Dispose();
                else serving.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            log.LogDebug("Device {Device} of tenant {Tenant} is not listened to any more", device.Code, tenant);
        }
        catch (Exception e)
        {
            // The port is given up; the next look at the devices opens it anew.
            Listening = false;
            Trouble("监听中断：" + e.Message, e);
        }
        await Task.WhenAll(serving);
    }

    private bool Refuses(Socket socket, int connections)
    {
        if (socket.RemoteEndPoint is not IPEndPoint { Address: var address }) return true;
        if (!_allowed.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)) Trouble($"已拒绝未登记的地址 {address}", null);
        else if (connections >= MostConnections) Trouble($"连接超过 {MostConnections} 个，已拒绝 {address}", null);
        else return false;
        return true;
    }

    /// <summary>Never throws: what a device does ends its own connection at most.</summary>
    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _connections);
        Report();
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                await ConverseAsync(socket, ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString());
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            log.LogInformation("Connection of device {Device} of tenant {Tenant} ended: {Reason}", device.Code, tenant, e.Message);
        }
        catch (Exception e)
        {
            Trouble("连接处理出错：" + e.Message, e);
        }
        Interlocked.Decrement(ref _connections);
        Report();
    }

    private async Task ConverseAsync(Socket socket, string remote)
    {
        IConversation conversation = profile.Format == WireFormat.Astm ? new AstmConversation(intake, remote) : new MllpConversation(intake, remote);
        var buffer = new byte[16 * 1024];
        DateTimeOffset? begun = null;
        while (true)
        {
            begun = conversation.Pending ? begun ?? clock.GetUtcNow() : null;
            var wait = begun is { } since ? since + Message - clock.GetUtcNow() : Idle;
            var read = wait > TimeSpan.Zero ? await WithinAsync(wait, limit => socket.ReceiveAsync(buffer, limit).AsTask()) : throw new OperationCanceledException("message not complete in time");
            if (read == 0) return;
            var answer = await conversation.HearAsync(buffer.AsMemory(0, read), _stop.Token);
            for (var sent = 0; sent < answer.Length;) sent += await WithinAsync(Answer, limit => socket.SendAsync(answer.AsMemory(sent), limit).AsTask());
            if (conversation.Trouble is { } trouble) Trouble(trouble, null);
        }
    }

    private async Task<int> WithinAsync(TimeSpan time, Func<CancellationToken, Task<int>> work)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(time);
        return await work(limit.Token);
    }

    private void Trouble(string incident, Exception? cause)
    {
        (_incident, _incidentAt) = (incident, clock.GetUtcNow());
        log.LogWarning(cause, "Device {Device} of tenant {Tenant}: {Incident}", device.Code, tenant, incident);
        Report();
    }

    private void Report() => board.Report(tenant, device.Code, new ListenerState(Listening, Volatile.Read(ref _connections), _incident, _incidentAt));
}
