"""Makes visit.pdf and visit-ar.pdf beside this file with LibreOffice: soffice --headless must listen, see README.md."""
import pathlib
import sys

import uno
from com.sun.star.awt import Point, Size
from com.sun.star.beans import PropertyValue
from com.sun.star.text.ControlCharacter import PARAGRAPH_BREAK

here = pathlib.Path(__file__).resolve().parent
context = uno.getComponentContext()
resolver = context.ServiceManager.createInstanceWithContext('com.sun.star.bridge.UnoUrlResolver', context)
remote = resolver.resolve(f'uno:socket,host=127.0.0.1,port={sys.argv[1]};urp;StarOffice.ComponentContext')
desktop = remote.ServiceManager.createInstanceWithContext('com.sun.star.frame.Desktop', remote)


def prop(name, value):
    return PropertyValue(Name=name, Value=value)


def make(file, arabic, title, rows):
    document = desktop.loadComponentFromURL('private:factory/swriter', '_blank', 0, (prop('Hidden', True),))
    page = document.StyleFamilies.getByName('PageStyles').getByName('Standard')
    standard = document.StyleFamilies.getByName('ParagraphStyles').getByName('Standard')
    locale = uno.createUnoStruct('com.sun.star.lang.Locale')
    locale.Language, locale.Country = ('ar', 'SA') if arabic else ('en', 'GB')
    standard.CharLocale = locale
    standard.CharLocaleComplex = locale
    standard.CharFontName = standard.CharFontNameComplex = 'DejaVu Sans'
    if arabic:
        standard.WritingMode = page.WritingMode = 1
    document.DocumentProperties.Title = title
    text = document.Text
    text.insertString(text.End, title, False)
    text.insertControlCharacter(text.End, PARAGRAPH_BREAK, False)
    # Across is counted from where lines begin: from the right in Arabic.
    y = 4000

    def label(words, x, at, long=6000):
        frame = document.createInstance('com.sun.star.text.TextFrame')
        frame.Width, frame.Height = long, 700
        frame.AnchorType = 2
        frame.AnchorPageNo = 1
        frame.BorderDistance = 0
        for side in ('LeftBorder', 'RightBorder', 'TopBorder', 'BottomBorder'):
            setattr(frame, side, uno.createUnoStruct('com.sun.star.table.BorderLine2'))
        frame.HoriOrient = frame.VertOrient = 0
        frame.HoriOrientRelation = frame.VertOrientRelation = 7
        frame.HoriOrientPosition, frame.VertOrientPosition = x, at
        text.insertTextContent(text.End, frame, False)
        frame.Text.insertString(frame.Text.End, words, False)
        if arabic:
            cursor = frame.Text.createTextCursor()
            cursor.gotoEnd(True)
            cursor.WritingMode = 1
            cursor.ParaAdjust = uno.Enum('com.sun.star.style.ParagraphAdjust', 'RIGHT')

    def control(kind, name, x, at, wide, tall=700, **more):
        model = document.createInstance(f'com.sun.star.form.component.{kind}')
        shape = document.createInstance('com.sun.star.drawing.ControlShape')
        shape.Position, shape.Size = Point(X=x, Y=at), Size(Width=wide, Height=tall)
        shape.AnchorType = 2
        shape.AnchorPageNo = 1
        model.Name = name
        for key, value in more.items():
            if type(value) is not bool and not isinstance(value, str):
                value = uno.Any('short' if isinstance(value, int) else '[]string', value)
            uno.invoke(model, 'setPropertyValue', (key, value))
        shape.Control = model
        document.DrawPage.add(shape)

    for words, kind, name, more in rows:
        tall = more.pop('tall', 700)
        if kind == 'RadioButton':
            label(words, 2000, y)
            for index, (caption, value) in enumerate(more['choices']):
                x = 8500 + index * 4500
                control(kind, name, x, y, 500, RefValue=value, Label='')
                label(caption, x + 700, y, 3000)
        elif kind == 'CheckBox':
            control(kind, name, 2000, y, 500, Label='', **more)
            label(words, 2800, y, 8000)
        else:
            label(words, 2000, y)
            control(kind, name, 8500, y, 8000, tall, **more)
        y += tall + 700
    document.storeToURL(uno.systemPathToFileUrl(str(here / file)), (
        prop('FilterName', 'writer_pdf_Export'),
        prop('FilterData', uno.Any('[]com.sun.star.beans.PropertyValue', (prop('ExportFormFields', True),)))))
    document.close(True)


make('visit.pdf', False, 'Site visit', [
    ('Full name', 'TextField', 'Full name', {'MaxTextLen': 40}),
    ('Reference', 'TextField', 'reference', {'HelpText': 'Your reference', 'DefaultText': 'REF-1'}),
    ('What happened', 'TextField', 'what', {'MultiLine': True, 'tall': 2000}),
    ('Day of the visit', 'DateField', 'day', {'DateFormat': 11}),
    ('Number of floors', 'NumericField', 'floors', {'DecimalAccuracy': 0}),
    ('Area in square metres', 'NumericField', 'area', {'DecimalAccuracy': 2}),
    ('Urgent', 'RadioButton', 'urgent', {'choices': [('Yes', 'yes'), ('No', 'no')]}),
    ('City', 'ListBox', 'city', {'Dropdown': True, 'StringItemList': ('Riyadh', 'Jeddah', 'Dammam')}),
    ('Trades', 'ListBox', 'trades', {'MultiSelection': True, 'StringItemList': ('Power', 'Water', 'Air'), 'tall': 1800}),
    ('Material', 'ComboBox', 'material', {'Dropdown': True, 'StringItemList': ('Steel', 'Wood')}),
    ('I agree to the terms', 'CheckBox', 'terms', {'RefValue': 'accepted'}),
    ('Send me a copy', 'CheckBox', 'copy', {'DefaultState': 1}),
])
make('visit-ar.pdf', True, 'زيارة موقع', [
    ('الاسم الكامل', 'TextField', 'الاسم', {'MaxTextLen': 40}),
    ('رقم التذكرة', 'TextField', 'ticket', {'HelpText': 'رقم التذكرة كما في الرسالة'}),
    ('الوصف', 'TextField', 'الوصف', {'MultiLine': True, 'tall': 2000}),
    ('تاريخ الزيارة', 'DateField', 'day', {'DateFormat': 11}),
    ('عدد الطوابق', 'NumericField', 'floors', {'DecimalAccuracy': 0}),
    ('هل الأمر عاجل', 'RadioButton', 'عاجل', {'choices': [('نعم', 'نعم'), ('لا', 'لا')]}),
    ('المدينة', 'ListBox', 'city', {'Dropdown': True, 'StringItemList': ('الرياض', 'جدة', 'الدمام')}),
    ('أوافق على الشروط', 'CheckBox', 'terms', {'RefValue': 'accepted'}),
])
