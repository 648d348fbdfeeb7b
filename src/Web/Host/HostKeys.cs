using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Platform.Storage;

namespace Web.Host;

/// <summary>Keys of the installation in the host store, each encrypted under the master key.</summary>
public sealed class HostKeys(Stores stores, MasterKey master)
{
    /// <summary>A P-256 key pair of that name, made on first use.</summary>
    public ECDsa Signing(string name)
    {
        using var host = stores.OpenHost();
        var stored = host.Keys.Find(name);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (stored is not null)
        {
            key.ImportPkcs8PrivateKey(Cipher.Open(master.Derive("host-key:" + name), Convert.FromBase64String(stored.ProtectedPkcs8)), out _);
            return key;
        }
        host.Keys.Add(new HostKey { Name = name, ProtectedPkcs8 = Convert.ToBase64String(Cipher.Seal(master.Derive("host-key:" + name), key.ExportPkcs8PrivateKey())) });
        host.SaveChanges();
        return key;
    }
}

/// <summary>ASP.NET's data-protection keys in the host store, which is asked for only when it is open.</summary>
internal sealed class HostKeyRing(IServiceProvider services) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var host = services.GetRequiredService<Stores>().OpenHost();
        return [.. host.DataProtectionKeys.Select(k => k.Xml!).AsEnumerable().Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var host = services.GetRequiredService<Stores>().OpenHost();
        host.DataProtectionKeys.Add(new DataProtectionKey { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        host.SaveChanges();
    }
}

/// <summary>Encrypts data-protection keys under the master key, so that the database alone opens no session.</summary>
internal sealed class MasterKeyXmlEncryptor(IServiceProvider services) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var key = services.GetRequiredService<MasterKey>().Derive("data-protection");
        var sealed_ = Cipher.Seal(key, Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(sealed_)), typeof(MasterKeyXmlDecryptor));
    }
}

internal sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var key = services.GetRequiredService<MasterKey>().Derive("data-protection");
        return XElement.Parse(Encoding.UTF8.GetString(Cipher.Open(key, Convert.FromBase64String(encryptedElement.Value))));
    }
}
