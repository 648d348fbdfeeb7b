namespace Engine.Forms;

/// <summary>Personal data as shown by default. A full view needs a right and a reason.</summary>
public static class Mask
{
    /// <summary>The first character and a star: 王*. Empty stays empty.</summary>
    public static string Name(string name) => name.Length == 0 ? "" : FirstCharacter(name) + "*";

    /// <summary>The first and last four characters of a number, stars between: 3301**********1234. Eight characters or fewer are all stars.</summary>
    public static string Number(string number) =>
        number.Length <= 8 ? new string('*', number.Length) : string.Concat(number.AsSpan(0, 4), new string('*', number.Length - 8), number.AsSpan(number.Length - 4));

    /// <summary>A telephone number's first three and last four digits: 138****1234. Seven characters or fewer are all stars.</summary>
    public static string Phone(string phone) =>
        phone.Length <= 7 ? new string('*', phone.Length) : string.Concat(phone.AsSpan(0, 3), new string('*', phone.Length - 7), phone.AsSpan(phone.Length - 4));

    /// <summary>The year of a date and no more: beside a masked number the day would give the rest of it away.</summary>
    public static string Date(string date) => date.Length > 4 ? date[..4] + "-**-**" : date;

    /// <summary>The value of a protected field as shown by default.</summary>
    public static string Of(FormField field, string value) => field.Code == "name" ? Name(value) : field.Type switch
    {
        FieldType.Phone => Phone(value),
        FieldType.Date => Date(value),
        _ => Number(value),
    };

    // Rare surnames lie outside the basic plane; half a surrogate pair would print as a box.
    private static string FirstCharacter(string name) => name.EnumerateRunes().First().ToString();
}
